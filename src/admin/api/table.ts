/** The admin API: the routes of every record, and of the whole server. All follow from definitions. */
import type { ApiTable } from '../../http/api/routes.ts';
import { ADMINISTRATOR_ROLE, READER_ROLES } from '../../protocol/scope.ts';
import { ADMIN_SCOPE } from '../../protocol/scope-names.ts';
import { BOUND } from '../operations/index.ts';
import { SERVER_BOUND } from '../operations/server.ts';
import { actionApi } from './record-actions.ts';
import { recordApi } from './record-routes.ts';

const DEFINED = [...BOUND.map(recordApi), actionApi(SERVER_BOUND)];

const joined = <Part extends 'routes' | 'requestSchemas' | 'responseSchemas'>(part: Part): ApiTable[Part] =>
  Object.assign({}, ...DEFINED.map((api) => api[part]));

export const ADMIN_API: ApiTable = {
  base: '/api/admin',
  title: 'Administration',
  about:
    'The API that npm run admin calls. Only clients that an administrator created may request its scope. A request that changes or ends something may be sent again; one that creates something takes an Idempotency-Key, or is refused the second time because its name is taken.',
  scopes: [ADMIN_SCOPE],
  roles: { read: READER_ROLES, change: [ADMINISTRATOR_ROLE] },
  requestSchemas: joined('requestSchemas'),
  responseSchemas: joined('responseSchemas'),
  routes: joined('routes'),
};
