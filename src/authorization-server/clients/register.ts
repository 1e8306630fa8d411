/** POST /register: a client registers itself (RFC 7591). */
import type { Context } from 'hono';
import { sha256 } from '../../crypto/digest.ts';
import { type ClientMetadata, parseClientMetadata } from '../../protocol/client-metadata.ts';
import { newClientId, newClientSecret, newRegistrationToken } from '../../protocol/credentials.ts';
import { OAuthError, tooManyRequests } from '../../protocol/oauth-error.ts';
import { registerClient } from '../../storage/clients.ts';
import { readBearer } from '../../web/bearer.ts';
import { readJson } from '../../web/body.ts';
import type { Web } from '../../web/context.ts';
import { hasSecret } from './client.ts';
import { sendRegistration } from './registration.ts';

export async function register(c: Context<Web>) {
  const { capabilities, ceilings, databases, moment, network, settings } = c.get('deps');
  const { success } = await ceilings.registration.limit({ key: network });
  if (!success) throw tooManyRequests('too many clients registered from your network just now.', 60);
  const initialToken = readBearer(c.req.header('authorization'));
  if (initialToken === undefined && (await settings()).registration_needs_token) throw needsToken();
  const metadata = parseClientMetadata(await readJson(c, 'invalid_client_metadata'), capabilities, 'anybody');
  const isPublic = metadata.token_endpoint_auth_method === 'none';
  // What identical registrations share can be managed by none of them.
  const isShared = isPublic && initialToken === undefined;
  const id = isShared ? publicClientId(metadata) : newClientId();
  const secret = hasSecret(metadata) ? newClientSecret() : undefined;
  const registrationToken = isShared ? undefined : newRegistrationToken();
  const client = {
    ...{ id, origin: 'registration' as const, metadata },
    secretHash: secret === undefined ? null : sha256(secret),
    registrationTokenHash: registrationToken === undefined ? null : sha256(registrationToken),
  };
  const createdAt = await registerClient(databases, moment, client, initialToken);
  if (createdAt === undefined) throw needsToken('the initial access token is unknown, expired or used up.');
  c.get('facts').client = id;
  return sendRegistration(c, { id, createdAt, metadata }, { secret, registrationToken }, 201);
}

/** RFC 7591 §3: the initial access token is a bearer token (RFC 6750). */
function needsToken(description = 'registering here needs an initial access token.'): OAuthError {
  return new OAuthError('invalid_token', description, {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
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
