/** /console/tokens and /console/grants: links between them, and to revoking all of a client or a user. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { textsOf } from '../../ui/locale.ts';
import { ACCESS_TOKENS, GRANTS } from '../operations/tokens-and-grants.ts';
import { CLIENT } from '../records/client-record.ts';
import type { RecordValues } from '../records/field.ts';
import { GRANT } from '../records/grant.ts';
import { ACCESS_TOKEN } from '../records/token.ts';
import { USER } from '../records/user-record.ts';
import { ActLinks } from './action-links.tsx';
import type { ConsolePage, ConsoleUser } from './console-page.tsx';
import { addressOf } from './list.tsx';
import { recordPages } from './record-pages.tsx';
import { recordAddress } from './record-parts.tsx';
import { DECODE } from './token-decoder.tsx';

const TOKENS_PAGE = ACCESS_TOKEN.console.path;
const GRANTS_PAGE = GRANT.console.path;

/** The link to the question that revokes all of the client or user whose records the list shows. */
function RevokeAll({ c, here, filters }: { c: Context<Web>; here: ConsoleUser; filters: RecordValues }) {
  const href =
    filters.client !== undefined
      ? recordAddress(CLIENT, { client_id: filters.client }, '/end')
      : filters.user !== undefined && recordAddress(USER, { id: filters.user }, '/end');
  const label = textsOf(c, 'consoleTokens').revokeAll;
  return <ActLinks acts={[here.mayChange && href !== false && { label, href }]} />;
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

export const ISSUED_PAGES: readonly ConsolePage[] = [...TOKEN_PAGES, ...GRANT_PAGES];
