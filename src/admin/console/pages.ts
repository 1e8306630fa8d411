/** Every page of the console. A new one is one line; those with `listed` are the navigation, in this order. */
import { API_KEY_PAGES } from './api-keys.tsx';
import { AUDIT, AUDIT_EXPORT, exportAudit, showAudit } from './audit.tsx';
import { showClient } from './client.tsx';
import { CHECK, checkAddresses } from './client-check.ts';
import { editClient, showEditClient } from './client-edit.tsx';
import { makeClient, showKinds, showNewClient } from './client-new.tsx';
import { CLIENT, CLIENTS, NEW_CLIENT } from './client-parts.tsx';
import { CLIENT_QUESTION_PAGES } from './client-questions.tsx';
import { showClients } from './clients.tsx';
import { CONNECTED_APP_PAGES } from './connected-app.tsx';
import { DECODE, decode, showDecode } from './decode.tsx';
import { CHANGERS, CONSOLE, type ConsolePage, READERS } from './frame.tsx';
import { INITIAL_TOKEN_PAGES } from './initial-tokens.tsx';
import { ISSUER_PAGES } from './issuers.tsx';
import { KEYS, showKeys } from './keys.tsx';
import { showOverview } from './overview.tsx';
import { PEOPLE_PAGES } from './people.tsx';
import { PERSON_PAGES } from './person-questions.tsx';
import { RESOURCE_PAGES } from './resources.tsx';
import { SESSION_PAGES } from './sessions.tsx';
import { changeGroup, SETTING_GROUP, SETTINGS, showGroup, showSettings } from './settings.tsx';
import { SOCIAL_LOGIN_PAGES } from './social-login.tsx';
import { askToEnd as askToEndIssued, END, end, GRANTS, showGrants, showTokens, TOKENS } from './tokens.tsx';
import { WAITING_PAGES } from './waiting.tsx';

export const CONSOLE_PAGES: readonly ConsolePage[] = [
  { path: CONSOLE, section: 'overview', roles: READERS, listed: true, show: showOverview },
  ...PEOPLE_PAGES,
  ...SESSION_PAGES,
  ...API_KEY_PAGES,
  ...PERSON_PAGES,
  { path: CLIENTS, section: 'clients', roles: READERS, listed: true, show: showClients },
  { path: NEW_CLIENT, section: 'clients', roles: CHANGERS, show: showKinds },
  {
    ...{ path: `${NEW_CLIENT}/:kind`, section: 'clients', roles: CHANGERS },
    ...{ show: showNewClient, send: makeClient },
  },
  { path: CHECK, section: 'clients', roles: CHANGERS, show: checkAddresses },
  { path: CLIENT, section: 'clients', roles: READERS, show: showClient },
  { path: `${CLIENT}/edit`, section: 'clients', roles: CHANGERS, show: showEditClient, send: editClient },
  ...CLIENT_QUESTION_PAGES,
  ...INITIAL_TOKEN_PAGES,
  { path: TOKENS, section: 'tokens', roles: READERS, listed: true, show: showTokens },
  { path: GRANTS, section: 'tokens', roles: READERS, show: showGrants },
  { path: DECODE, section: 'tokens', roles: CHANGERS, show: showDecode, send: decode },
  { path: END, section: 'tokens', roles: CHANGERS, fresh: true, show: askToEndIssued, send: end },
  ...WAITING_PAGES,
  ...RESOURCE_PAGES,
  ...CONNECTED_APP_PAGES,
  ...SOCIAL_LOGIN_PAGES,
  ...ISSUER_PAGES,
  { path: SETTINGS, section: 'settings', roles: READERS, listed: true, show: showSettings },
  { path: SETTING_GROUP, section: 'settings', roles: CHANGERS, show: showGroup, send: changeGroup },
  { path: KEYS, section: 'keys', roles: READERS, listed: true, show: showKeys },
  { path: AUDIT, section: 'audit', roles: READERS, listed: true, show: showAudit },
  { path: AUDIT_EXPORT, section: 'audit', roles: READERS, show: exportAudit },
];
