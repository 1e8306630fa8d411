/** The operations on the whole server: reports, revoking all of a client or a user, sealing again, imports. */
import type { Deps } from '../../http/context.ts';
import { resealAppSecrets } from '../../storage/providers/connected-app-secrets.ts';
import { resealConnections } from '../../storage/providers/reseal-connections.ts';
import { resealLoginSecrets } from '../../storage/providers/social-login-secrets.ts';
import { resealFactorSecrets } from '../../storage/users/reseal-second-factors.ts';
import type { ImportOutcome } from '../imports/schemas.ts';
import { SERVER } from '../records/server.ts';
import type { Acting } from './acting.ts';
import { bindServer } from './record.ts';
import { REPORTS } from './reports.ts';
import { revokeAllCredentials } from './user-access.ts';
import { requireUserId } from './users.ts';

/** Seals again, under the root secret in use, what was sealed under another: that one can be retired then. */
async function reseal({ databases, config }: Deps) {
  const results = [
    await resealAppSecrets(databases, config.root),
    await resealConnections(databases, config.root),
    await resealLoginSecrets(databases, config.root),
    await resealFactorSecrets(databases, config.root),
  ];
  const sum = (name: 'resealed' | 'unreadable') => results.reduce((total, result) => total + result[name], 0);
  return { sealed_with: config.root.slot, resealed: sum('resealed'), unreadable: sum('unreadable') };
}

type Import<Request> = (deps: Deps, actor: string, request: Request) => Promise<ImportOutcome[]>;

/** @param load the operation, which no other request needs. */
const importing =
  <Request>(load: () => Promise<Import<Request>>) =>
  async ({ deps, actor }: Acting, _: unknown, request: Request) => ({
    outcomes: await (await load())(deps, actor, request),
  });

export const SERVER_BOUND = bindServer(SERVER, {
  views: REPORTS,
  actions: {
    'revoke-all': ({ deps, actor }, _, { client, user }) =>
      revokeAllCredentials(deps, actor, { client, user: user === undefined ? undefined : requireUserId(user) }),
    reseal: ({ deps }) => reseal(deps),
    'import-users': importing(async () => (await import('../imports/users.ts')).importUserRecords),
    'import-clients': importing(async () => (await import('../imports/clients.ts')).importClientRecords),
    'import-api-keys': importing(async () => (await import('../imports/api-keys.ts')).importApiKeyRecords),
    'import-identities': importing(async () => (await import('../imports/identities.ts')).importIdentityRecords),
    'import-connections': importing(async () => (await import('../imports/connections.ts')).importConnectionRecords),
  },
});
