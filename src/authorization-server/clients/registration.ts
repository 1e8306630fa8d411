/** What a client is told of its registration (RFC 7591 §3.2.1, RFC 7592 §3). */
import type { Context } from 'hono';
import { ENDPOINTS } from '../../protocol/endpoints.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import type { ClientRow } from '../../storage/clients.ts';
import type { Web } from '../../web/context.ts';

type Shown = { secret?: string | undefined; registrationToken?: string | undefined };

/** RFC 7591 §3.2.1: the server MUST return all registered metadata about this client. Secrets only where they are new. */
export function sendRegistration(
  c: Context<Web>,
  { id, createdAt, metadata }: Pick<ClientRow, 'id' | 'createdAt' | 'metadata'>,
  { secret, registrationToken }: Shown,
  status: 200 | 201,
) {
  const answer = {
    client_id: id,
    client_id_issued_at: Math.floor(createdAt / SECOND),
    ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    ...(registrationToken === undefined
      ? {}
      : {
          registration_access_token: registrationToken,
          registration_client_uri: `${c.get('deps').config.issuer}${ENDPOINTS.registration_endpoint}/${id}`,
        }),
    ...metadata,
  };
  return c.json(answer, status, { 'Cache-Control': 'no-store', Pragma: 'no-cache' });
}
