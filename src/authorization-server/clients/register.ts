/** POST /register: a client registers itself (RFC 7591). */
import type { Context } from 'hono';
import { sha256 } from '../../crypto/digest.ts';
import { type ClientMetadata, parseClientMetadata } from '../../protocol/client-metadata.ts';
import { newClientId, newClientSecret } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { tooManyRequests } from '../../protocol/oauth-error.ts';
import { type NewClient, registerClient } from '../../storage/clients.ts';
import { readJson } from '../../web/body.ts';
import type { Web } from '../../web/context.ts';
import { capabilities } from '../capabilities.ts';

/** What a client that registered itself is in an administrator's eyes: nobody in particular. */
const STANDING: Omit<NewClient, 'id' | 'metadata'> = {
  origin: 'registration',
  trusted: false,
  roles: [],
  allowedOrigins: [],
  refreshGraceSeconds: null,
};

export async function register(c: Context<Web>) {
  const { ceilings, config, databases, moment, network } = c.get('deps');
  const { success } = await ceilings.registration.limit({ key: network });
  if (!success) throw tooManyRequests('too many clients registered from your network just now.', 60);
  const metadata = parseClientMetadata(await readJson(c, 'invalid_client_metadata'), capabilities(config));
  const isPublic = metadata.token_endpoint_auth_method === 'none';
  const id = isPublic ? publicClientId(metadata) : newClientId();
  const secret = isPublic ? undefined : newClientSecret();
  const issuedAt = await registerClient(databases, moment, { id, metadata, ...STANDING }, secret);
  c.get('facts').client = id;
  // RFC 7591 §3.2.1: the server MUST return all registered metadata about this client.
  const answer = {
    client_id: id,
    client_id_issued_at: Math.floor(issuedAt / SECOND),
    ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    ...metadata,
  };
  return c.json(answer, 201, { 'Cache-Control': 'no-store', Pragma: 'no-cache' });
}

/** The same public registration is the same client: its id is a digest of what it says of itself. */
function publicClientId(metadata: ClientMetadata): string {
  return `c_${sha256(JSON.stringify(canonical(metadata)))}`;
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(canonical).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, canonical(inner)]);
}
