/** /console/tokens and /console/grants: links between them, and revoking all of a client or a user. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import type { Parameters } from '../../http/parameters.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { textsOf } from '../../ui/locale.ts';
import { ACCESS_TOKENS, GRANTS } from '../operations/tokens-and-grants.ts';
import { revokeAllCredentials } from '../operations/users.ts';
import type { Shown } from '../records/field.ts';
import { GRANT } from '../records/grant.ts';
import { ACCESS_TOKEN } from '../records/token.ts';
import { ActLinks } from './action-links.tsx';
import { CHANGERS, type ConsolePage, confirmPage, type Operator, redirectDone } from './console-page.tsx';
import { addressOf } from './list.tsx';
import { recordPages } from './record-pages.tsx';
import { DECODE } from './token-decoder.tsx';

const TOKENS_PAGE = ACCESS_TOKEN.console.path;
const GRANTS_PAGE = GRANT.console.path;
const REVOKE_ALL = `${TOKENS_PAGE}/end`;

type Subject = 'client' | 'user';
const SUBJECTS: readonly Subject[] = ['client', 'user'];

/** The link that revokes everything the filter of the list selects. */
function RevokeAll({ c, here, filters }: { c: Context<Web>; here: Operator; filters: Shown }) {
  const [name] = SUBJECTS.filter((subject) => filters[subject] !== undefined);
  const href = name && addressOf(REVOKE_ALL, { [name]: String(filters[name]) });
  return (
    <ActLinks acts={[here.mayChange && href !== undefined && { label: textsOf(c, 'consoleTokens').revokeAll, href }]} />
  );
}

/** The one subject that the address or the form names. */
function subjectIn(read: (name: Subject) => string | undefined): { kind: Subject; id: string } {
  const [found, more] = SUBJECTS.flatMap((kind) => {
    const id = read(kind);
    return id === undefined ? [] : [{ kind, id }];
  });
  if (!found || more) throw new OAuthError('invalid_request', `name one of: ${SUBJECTS.join(', ')}.`);
  return found;
}

function askToRevokeAll(c: Context<Web>, here: Operator) {
  const { kind, id } = subjectIn((name) => c.req.query(name));
  const { heading, what, submit } = textsOf(c, 'consoleTokens').asking[kind];
  return confirmPage(c, here, {
    section: 'tokens',
    heading,
    action: REVOKE_ALL,
    submit,
    back: TOKENS_PAGE,
    hidden: { [kind]: id },
    children: (
      <>
        <p>{what}</p>
        <p>
          <code>{id}</code>
        </p>
      </>
    ),
  });
}

async function revokeAll(c: Context<Web>, here: Operator, form: Parameters) {
  const { kind, id } = subjectIn((name) => form.one(name));
  await revokeAllCredentials(c.get('deps'), here.actor, { client: undefined, user: undefined, [kind]: id });
  return redirectDone(c, TOKENS_PAGE, 'ended');
}

const TOKEN_PAGES = recordPages(ACCESS_TOKENS, {
  aboveList: (c, here, filters) => (
    <>
      <p>
        <a href={GRANTS_PAGE}>{textsOf(c, 'consoleTokens').grants}</a> ·{' '}
        <a href={DECODE}>{textsOf(c, 'consoleTokens').toDecode}</a>
      </p>
      <RevokeAll c={c} here={here} filters={filters} />
    </>
  ),
  cells: {
    grant: (c, { grant }) =>
      grant === null ? (
        ''
      ) : (
        <a href={addressOf(GRANTS_PAGE, { q: String(grant) })}>{textsOf(c, 'consoleTokens').toGrant}</a>
      ),
  },
});

const GRANT_PAGES = recordPages(GRANTS, {
  aboveList: (c, here, filters) => (
    <>
      <p>
        <a href={TOKENS_PAGE}>{textsOf(c, 'consoleTokens').tokens}</a>
      </p>
      <RevokeAll c={c} here={here} filters={filters} />
    </>
  ),
  cells: {
    id: (c, { id }) => <a href={addressOf(TOKENS_PAGE, { q: String(id) })}>{textsOf(c, 'consoleTokens').tokens}</a>,
  },
});

export const ISSUED_PAGES: readonly ConsolePage[] = [
  ...TOKEN_PAGES,
  ...GRANT_PAGES,
  {
    path: REVOKE_ALL,
    section: 'tokens',
    roles: CHANGERS,
    fresh: true,
    show: askToRevokeAll,
    send: revokeAll,
  },
];
