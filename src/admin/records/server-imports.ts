/** The imports of the admin API, as actions on the whole server: records of another server, with their secrets. */
import type * as z from 'zod';
import {
  ImportAnswer,
  ImportApiKeysRequest,
  ImportClientsRequest,
  ImportConnectionsRequest,
  ImportIdentitiesRequest,
  ImportUsersRequest,
} from '../imports/schemas.ts';

const BY_COMMAND = 'import frappe sends them, from the export of a site';

const importOf = <Name extends string, Schema extends z.ZodObject>(
  kind: string,
  name: Name,
  schema: Schema,
  summary: string,
) =>
  ({
    method: 'POST',
    path: `/imports/${kind}`,
    operationId: `import${name}`,
    body: { name: `Import${name}Request`, schema },
    answer: { name: 'ImportAnswer', schema: ImportAnswer },
    summary,
    notInCommand: BY_COMMAND,
    notInConsole: BY_COMMAND,
  }) as const;

export const IMPORT_ACTIONS = {
  'import-users': importOf(
    'users',
    'Users',
    ImportUsersRequest,
    'Imports users with their password hashes; those who exist are not changed',
  ),
  'import-clients': importOf(
    'clients',
    'Clients',
    ImportClientsRequest,
    'Imports clients with their ids and secrets; those that exist are not changed',
  ),
  'import-api-keys': importOf(
    'api-keys',
    'ApiKeys',
    ImportApiKeysRequest,
    'Imports API keys with their secrets, for imported users',
  ),
  'import-identities': importOf(
    'identities',
    'Identities',
    ImportIdentitiesRequest,
    'Links accounts at identity providers to imported users',
  ),
  'import-connections': importOf(
    'connections',
    'Connections',
    ImportConnectionsRequest,
    'Imports tokens of imported users for connected apps',
  ),
};
