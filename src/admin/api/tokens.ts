/** /api/admin/revocations: revokes all that a client has, a user granted, or a user granted a client. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { type ApiTable, route } from '../../http/api/routes.ts';
import type { Web } from '../../http/context.ts';
import { requireUserId, revokeAllCredentials } from '../operations/users.ts';
import { RevocationRequest } from '../request-schemas.ts';
import { actorOf } from './authenticate.ts';

async function revokeEverythingOf(c: Context<Web>, { client, user }: z.infer<typeof RevocationRequest>) {
  await revokeAllCredentials(c.get('deps'), actorOf(c), {
    client,
    user: user === undefined ? undefined : requireUserId(user),
  });
  return c.body(null, 204);
}

export const REVOCATION_ROUTES: ApiTable['routes'] = {
  revokeEverythingOf: route({
    method: 'POST',
    path: '/revocations',
    summary: 'Revokes all that a client has, a user granted, or both together',
    body: RevocationRequest,
    handle: revokeEverythingOf,
  }),
};
