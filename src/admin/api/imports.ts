/** /api/admin/imports: records of another server, with their password hashes and secrets. Sent again, they change nothing. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { type ApiTable, route } from '../../http/api/routes.ts';
import type { Deps, Web } from '../../http/context.ts';
import {
  ImportAnswer,
  ImportApiKeysRequest,
  ImportClientsRequest,
  ImportConnectionsRequest,
  ImportIdentitiesRequest,
  type ImportOutcome,
  ImportUsersRequest,
} from '../imports/schemas.ts';
import { actorOf } from './authenticate.ts';

type Import<Request> = (deps: Deps, actor: string, request: Request) => Promise<ImportOutcome[]>;

/** @param load the operation, which no other request needs. */
const importRoute = <S extends z.ZodType>(
  path: string,
  summary: string,
  body: S,
  load: () => Promise<Import<z.infer<S>>>,
) =>
  route({
    method: 'POST',
    path: `/imports/${path}`,
    summary,
    body,
    response: ImportAnswer,
    handle: async (c: Context<Web>, request: z.infer<S>) =>
      c.json({ outcomes: await (await load())(c.get('deps'), actorOf(c), request) }),
  });

export const IMPORT_API: Pick<ApiTable, 'requestSchemas' | 'responseSchemas' | 'routes'> = {
  requestSchemas: {
    ImportUsersRequest,
    ImportClientsRequest,
    ImportApiKeysRequest,
    ImportIdentitiesRequest,
    ImportConnectionsRequest,
  },
  responseSchemas: { ImportAnswer },
  routes: {
    importUsers: importRoute(
      'users',
      'Imports users with their password hashes; those who exist are not changed',
      ImportUsersRequest,
      async () => (await import('../imports/users.ts')).importUserRecords,
    ),
    importClients: importRoute(
      'clients',
      'Imports clients with their ids and secrets; those that exist are not changed',
      ImportClientsRequest,
      async () => (await import('../imports/clients.ts')).importClientRecords,
    ),
    importApiKeys: importRoute(
      'api-keys',
      'Imports API keys with their secrets, for imported users',
      ImportApiKeysRequest,
      async () => (await import('../imports/api-keys.ts')).importApiKeyRecords,
    ),
    importIdentities: importRoute(
      'identities',
      'Links accounts at identity providers to imported users',
      ImportIdentitiesRequest,
      async () => (await import('../imports/identities.ts')).importIdentityRecords,
    ),
    importConnections: importRoute(
      'connections',
      'Imports tokens of imported users for connected apps',
      ImportConnectionsRequest,
      async () => (await import('../imports/connections.ts')).importConnectionRecords,
    ),
  },
};
