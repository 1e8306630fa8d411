/** The admin API: the routes of every record. Those of a record with a definition follow from it, by one line here. */
import type { ApiTable } from '../../http/api/routes.ts';
import { ADMINISTRATOR_ROLE, READER_ROLES } from '../../protocol/scope.ts';
import { ADMIN_SCOPE } from '../../protocol/scope-names.ts';
import * as connected from '../connected-app-schemas.ts';
import { BOUND } from '../operations/index.ts';
import * as requests from '../request-schemas.ts';
import * as social from '../social-login-schemas.ts';
import { CONNECTION_ROUTES } from './connections.ts';
import { EVENT_ROUTES } from './events.ts';
import { IDENTITY_ROUTES } from './identities.ts';
import { IMPORT_API } from './imports.ts';
import { SUBJECT_API } from './issuers.ts';
import { recordApi } from './record-routes.ts';
import * as answers from './response-schemas.ts';
import { LOGOUT_ROUTES } from './sessions.ts';
import { SETTING_ROUTES } from './settings.ts';
import { REVOCATION_ROUTES } from './tokens.ts';

/** The records, and routes beside them. */
const DEFINED = [...BOUND.map(recordApi), SUBJECT_API, IMPORT_API];

const joined = <Part extends 'routes' | 'requestSchemas' | 'responseSchemas'>(part: Part): ApiTable[Part] =>
  Object.assign({}, ...DEFINED.map((api) => api[part]));

export const ADMIN_API: ApiTable = {
  base: '/api/admin',
  title: 'Administration',
  about:
    'The API that npm run admin calls. Only clients that an administrator created may request its scope. A request that changes or ends something may be sent again; one that creates something takes an Idempotency-Key, or is refused the second time because its name is taken.',
  scopes: [ADMIN_SCOPE],
  roles: { read: READER_ROLES, change: [ADMINISTRATOR_ROLE] },
  requestSchemas: {
    ...requests,
    ...joined('requestSchemas'),
  },
  responseSchemas: {
    ...answers,
    ...joined('responseSchemas'),
    ...connected.connectedAppResponses,
    ...social.socialLoginResponses,
  },
  routes: {
    ...SETTING_ROUTES,
    ...LOGOUT_ROUTES,
    ...joined('routes'),
    ...CONNECTION_ROUTES,
    ...IDENTITY_ROUTES,
    ...REVOCATION_ROUTES,
    ...EVENT_ROUTES,
  },
};
