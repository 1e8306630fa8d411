/** The admin API: every record's rows of the table. A new record is one file and one line here. */
import { ApiKey, NewApiKey } from '../../protocol/api-key.ts';
import { ADMIN_SCOPE, ADMINISTRATOR, READERS } from '../../protocol/scope.ts';
import type { ApiTable } from '../../web/api.ts';
import * as connected from '../connected-app-schemas.ts';
import * as requests from '../requests.ts';
import * as social from '../social-login-schemas.ts';
import * as answers from './answers.ts';
import { API_KEY_ROUTES } from './api-keys.ts';
import { CLIENT_ROUTES } from './clients.ts';
import { CONNECTED_APP_ROUTES } from './connected-apps.ts';
import { INITIAL_TOKEN_ROUTES } from './initial-access-tokens.ts';
import { ISSUER_ROUTES } from './issuers.ts';
import { PERSON_ROUTES } from './people.ts';
import { RECORD_ROUTES } from './records.ts';
import { RESOURCE_ROUTES } from './resources.ts';
import { SESSION_ROUTES } from './sessions.ts';
import { SETTING_ROUTES } from './settings.ts';
import { SOCIAL_LOGIN_ROUTES } from './social-logins.ts';
import { TOKEN_ROUTES } from './tokens.ts';

export const ADMIN_API: ApiTable = {
  base: '/api/admin',
  title: 'Administration',
  about:
    'What npm run admin calls. Only clients that an administrator made may ask for its scope. Whatever changes or ends something may be sent again; what makes something takes an Idempotency-Key, or is refused the second time because its name is taken.',
  scopes: [ADMIN_SCOPE],
  roles: { read: READERS, change: [ADMINISTRATOR] },
  takes: { ...requests, ...connected.takes, ...social.takes },
  gives: { ...answers, ...connected.gives, ...social.gives, ApiKey, NewApiKey },
  routes: {
    ...SETTING_ROUTES,
    ...CLIENT_ROUTES,
    ...PERSON_ROUTES,
    ...SESSION_ROUTES,
    ...RESOURCE_ROUTES,
    ...ISSUER_ROUTES,
    ...CONNECTED_APP_ROUTES,
    ...SOCIAL_LOGIN_ROUTES,
    ...INITIAL_TOKEN_ROUTES,
    ...API_KEY_ROUTES,
    ...TOKEN_ROUTES,
    ...RECORD_ROUTES,
  },
};
