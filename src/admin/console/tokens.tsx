/** /console/tokens and /console/grants: what was issued, by client, person or grant; and ending it, after a question. */
import type { Context } from 'hono';
import type { GrantId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { findGrant } from '../../storage/by-id.ts';
import { listGrants, listTokens } from '../../storage/lists.ts';
import type { Deps, Web } from '../../web/context.ts';
import type { Parameters } from '../../web/parameters.ts';
import { Minute } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { endGrant, endToken } from '../acts/issued.ts';
import { endAllOf } from '../acts/people.ts';
import { writeCursor } from '../parse.ts';
import { ActLinks } from './act-links.tsx';
import { DECODE } from './decode.tsx';
import { confirmPage, consolePage, doneAt, type Operator } from './frame.tsx';
import { ClientLink, PersonLink } from './links.tsx';
import { addressOf, List, listPage, listQuery } from './list.tsx';

export const TOKENS = '/console/tokens';
export const GRANTS = '/console/grants';
export const END = '/console/tokens/end';

/** Whose they are to be: an id says of itself what it names. */
function soughtBy(text: string): { person?: string; grant?: string; client?: string } {
  if (text === '') return {};
  return text.startsWith('u_') ? { person: text } : text.startsWith('g_') ? { grant: text } : { client: text };
}

/** What the list was narrowed to may end as a whole. */
function EndAll({ here, of, label }: { here: Operator; of: Record<string, string | undefined>; label: string }) {
  const isNarrowed = Object.keys(of).length > 0;
  return <ActLinks acts={[here.mayChange && isNarrowed && { label, href: addressOf(END, of) }]} />;
}

export async function showTokens(c: Context<Web>, here: Operator) {
  const { databases, moment } = c.get('deps');
  const say = wordsOf(c, 'consoleTokens');
  const query = listQuery(c, ['ends'], true);
  const of = soughtBy(query.search);
  const by = { sort: query.sort, descending: query.descending };
  const page = await listTokens(databases, { ...by, ...of }, moment.now, listPage(c));
  const ending = here.mayChange ? [{ label: say.column.end }] : [];
  return consolePage(
    c,
    here,
    { title: say.title, section: 'tokens' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <p>
        <a href={GRANTS}>{say.toGrants}</a> · <a href={DECODE}>{say.toDecode}</a>
      </p>
      <EndAll here={here} of={of} label={say.endAll} />
      <List
        c={c}
        query={query}
        caption={say.title}
        search={say.search}
        columns={[
          ...[{ label: say.column.client }, { label: say.column.person }, { label: say.column.scopes }],
          ...[{ label: say.column.resource }, { label: say.column.grant }],
          ...[{ label: say.column.ends, sort: 'ends' as const }, ...ending],
        ]}
        rows={page.rows.map((token) => [
          <ClientLink id={token.clientId} />,
          token.personId === null ? say.itself : <PersonLink id={token.personId} />,
          token.scopes.join(' '),
          token.resource,
          token.grantId === null ? '' : <a href={addressOf(GRANTS, { q: token.grantId })}>{say.toGrant}</a>,
          token.revokedAt === null ? <Minute time={token.expiresAt} /> : say.revoked,
          ...ending.map(() =>
            token.revokedAt === null ? <a href={addressOf(END, { token: token.id })}>{say.endToken}</a> : '',
          ),
        ])}
        next={writeCursor(page.next)}
        unreachable={page.unreachable}
      />
    </>,
  );
}

type GrantPage = Awaited<ReturnType<typeof listGrants>>;

/** The grant that has this id, if there is one. */
async function grantWithId({ databases, moment, settings }: Deps, id: string): Promise<GrantPage> {
  const found = await findGrant(databases, id as GrantId, moment.now, await settings());
  const over: GrantPage['over'] = new Map(found?.over && [[found.row.id, found.over]]);
  return { rows: found ? [found.row] : [], next: undefined, unreachable: [], over };
}

export async function showGrants(c: Context<Web>, here: Operator) {
  const { databases, moment, settings } = c.get('deps');
  const say = wordsOf(c, 'consoleTokens');
  const query = listQuery(c, ['since'], true);
  const { person, client, grant: id } = soughtBy(query.search);
  const of = { ...(person && { person }), ...(client && { client }) };
  const by = { sort: query.sort, descending: query.descending };
  const page =
    id === undefined
      ? await listGrants(databases, { ...by, ...of }, moment.now, await settings(), listPage(c))
      : await grantWithId(c.get('deps'), id);
  const ending = here.mayChange ? [{ label: say.column.end }] : [];
  return consolePage(
    c,
    here,
    { title: say.grants, section: 'tokens' },
    <>
      <h1>{say.grants}</h1>
      <p>{say.grantsLead}</p>
      <p>
        <a href={TOKENS}>{say.toTokens}</a>
      </p>
      <EndAll here={here} of={of} label={say.endAll} />
      <List
        c={c}
        query={query}
        caption={say.grants}
        search={say.searchGrants}
        columns={[
          ...[{ label: say.column.client }, { label: say.column.person }, { label: say.column.scopes }],
          ...[
            { label: say.column.since, sort: 'since' as const },
            { label: say.title },
            { label: say.column.state },
            ...ending,
          ],
        ]}
        rows={page.rows.map((grant) => [
          <ClientLink id={grant.clientId} />,
          <PersonLink id={grant.personId} />,
          grant.scopes.join(' '),
          <Minute time={grant.createdAt} />,
          <a href={addressOf(TOKENS, { q: grant.id })}>{say.toTokens}</a>,
          say.states[page.over.get(grant.id) ?? 'active'],
          ...ending.map(() =>
            page.over.has(grant.id) ? '' : <a href={addressOf(END, { grant: grant.id })}>{say.endGrant}</a>,
          ),
        ])}
        next={writeCursor(page.next)}
        unreachable={page.unreachable}
      />
    </>,
  );
}

type What = 'token' | 'grant' | 'client' | 'person';
const KINDS: readonly What[] = ['token', 'grant', 'client', 'person'];

/** What is to end: the one thing that the address or the form names. */
function named(read: (name: What) => string | undefined): { kind: What; id: string } {
  const [found, more] = KINDS.flatMap((kind) => {
    const id = read(kind);
    return id === undefined ? [] : [{ kind, id }];
  });
  if (!found || more) throw new OAuthError('invalid_request', `name one of: ${KINDS.join(', ')}.`);
  return found;
}

export function askToEnd(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleTokens');
  const { kind, id } = named((name) => c.req.query(name));
  return confirmPage(c, here, {
    ...{ section: 'tokens', heading: say.asking[kind].heading, action: END, submit: say.asking[kind].submit },
    ...{ back: kind === 'grant' ? GRANTS : TOKENS, hidden: { [kind]: id } },
    children: (
      <>
        <p>{say.asking[kind].what}</p>
        <p>
          <code>{id}</code>
        </p>
      </>
    ),
  });
}

export async function end(c: Context<Web>, here: Operator, form: Parameters) {
  const deps = c.get('deps');
  const { kind, id } = named((name) => form.one(name));
  if (kind === 'token') await endToken(deps, here.actor, id);
  else if (kind === 'grant') await endGrant(deps, here.actor, id);
  else await endAllOf(deps, here.actor, { client: undefined, person: undefined, [kind]: id });
  return doneAt(c, kind === 'grant' ? GRANTS : TOKENS, 'ended');
}
