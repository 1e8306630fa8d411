/** Every page of the console. A new one is one line; those with `listed` are the navigation, in this order. */
import { API_KEYS } from '../operations/api-keys.ts';
import { DEVICES, OUTSTANDING_CODES } from '../operations/codes-and-devices.ts';
import { INITIAL_ACCESS_TOKENS } from '../operations/initial-access-tokens.ts';
import { TRUSTED_ISSUERS } from '../operations/issuers.ts';
import { CONNECTION_RECORDS, LINKED_IDENTITIES } from '../operations/linked-accounts.ts';
import type { BoundRecord } from '../operations/record.ts';
import { capitalised } from '../records/action.ts';
import { AUDIT, showAudit } from './audit.tsx';
import { AUDIT_EXPORT, exportAudit } from './audit-export.ts';
import { CHECK_SERVER_PAGE } from './check-server.ts';
import { CLIENT_PAGES } from './clients.tsx';
import { CONNECTED_APP_PAGES } from './connected-apps.tsx';
import { CHANGERS, CONSOLE, type ConsolePage, READERS, SEARCH } from './console-page.tsx';
import { showOverview } from './overview.tsx';
import { recordPages } from './record-pages.tsx';
import { RESOURCE_PAGES } from './resources.tsx';
import { showSearch } from './search.tsx';
import { SESSION_PAGES } from './sessions.tsx';
import { groupAddress, SETTINGS_PAGE } from './setting-fields.tsx';
import { showSettings } from './settings.tsx';
import { changeGroup, showGroup } from './settings-group.tsx';
import { SHARD_PAGES } from './shards.tsx';
import { SIGNING_KEYS_PAGE, showSigningKeys } from './signing-keys.tsx';
import { SOCIAL_LOGIN_PAGES } from './social-logins.tsx';
import { DECODE, decode, showDecode } from './token-decoder.tsx';
import { ISSUED_PAGES } from './tokens.tsx';
import { USER_PAGES } from './users.tsx';

/** A link to the list of another record. */
const to = ({ definition }: BoundRecord) => (
  <p>
    <a href={definition.console.path}>{capitalised(definition.many)}</a>
  </p>
);

export const CONSOLE_PAGES: readonly ConsolePage[] = [
  { path: CONSOLE, section: 'overview', roles: READERS, listed: true, show: showOverview },
  { path: SEARCH, section: 'overview', roles: READERS, show: showSearch },
  ...USER_PAGES,
  ...SESSION_PAGES,
  ...recordPages(API_KEYS),
  ...CLIENT_PAGES,
  ...recordPages(INITIAL_ACCESS_TOKENS),
  ...ISSUED_PAGES,
  { path: DECODE, section: 'tokens', roles: CHANGERS, show: showDecode, send: decode },
  ...recordPages(OUTSTANDING_CODES, { aboveList: () => to(DEVICES) }),
  ...recordPages(DEVICES, { aboveList: () => to(OUTSTANDING_CODES) }),
  ...RESOURCE_PAGES,
  ...CONNECTED_APP_PAGES,
  ...SOCIAL_LOGIN_PAGES,
  ...recordPages(TRUSTED_ISSUERS),
  ...recordPages(CONNECTION_RECORDS),
  ...recordPages(LINKED_IDENTITIES),
  { path: SETTINGS_PAGE, section: 'settings', roles: READERS, listed: true, show: showSettings },
  { path: groupAddress(':group'), section: 'settings', roles: CHANGERS, show: showGroup, send: changeGroup },
  ...SHARD_PAGES,
  { path: SIGNING_KEYS_PAGE, section: 'keys', roles: READERS, listed: true, show: showSigningKeys },
  CHECK_SERVER_PAGE,
  { path: AUDIT, section: 'audit', roles: READERS, listed: true, show: showAudit },
  { path: AUDIT_EXPORT, section: 'audit', roles: READERS, show: exportAudit },
];
