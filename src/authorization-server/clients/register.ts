/** POST /register: Dynamic Client Registration (RFC 7591). */
import type { Context } from 'hono';
import { sha256 } from '../../crypto/digest.ts';
import { readBearer } from '../../http/bearer-header.ts';
import { readJson } from '../../http/body.ts';
import type { Deps, Web } from '../../http/context.ts';
import { bytesOf, countStoredBytes } from '../../http/storage-budget.ts';
import { NO_AUTHENTICATION } from '../../protocol/authentication-method.ts';
import { type ClientMetadata, MAX_REGISTRATION_BYTES } from '../../protocol/client-metadata.ts';
import { newClientId, newClientSecret, newRegistrationToken } from '../../protocol/credentials.ts';
import { newClientAction } from '../../protocol/new-client-rules.ts';
import { OAuthError, tooManyRequests } from '../../protocol/oauth-error.ts';
import { type RegistrationAdmission, registerClient } from '../../storage/clients/registrations.ts';
import { usesClientSecret } from './client.ts';
import { parseRegistration, sendRegistration } from './registration-response.ts';

export async function register(c: Context<Web>) {
  const deps = c.get('deps');
  const { databases, moment, settings } = deps;
  const initialToken = readBearer(c.req.header('authorization'));
  if (initialToken === undefined && (await settings()).registration_needs_token) throw initialAccessTokenRequired();
  const sent = await readJson(c, 'invalid_client_metadata', MAX_REGISTRATION_BYTES);
  await countStoredBytes(deps, 'registration', bytesOf(JSON.stringify(sent)));
  const metadata = await parseRegistration(deps, sent);
  if (newClientAction(await settings(), { redirectUris: metadata.redirect_uris }) === 'refuse')
    throw new OAuthError('invalid_redirect_uri', 'clients with these redirect URIs are refused here.');
  const isPublic = metadata.token_endpoint_auth_method === NO_AUTHENTICATION;
  // Identical public registrations share one client, which none of them can manage.
  const isShared = isPublic && initialToken === undefined;
  const id = isShared ? publicClientId(metadata) : newClientId();
  const secret = usesClientSecret(metadata) ? newClientSecret() : undefined;
  const registrationToken = isShared ? undefined : newRegistrationToken();
  const client = {
    id,
    metadata,
    secretHash: secret === undefined ? null : sha256(secret),
    registrationTokenHash: registrationToken === undefined ? null : sha256(registrationToken),
  };
  const admission = initialToken === undefined ? await admissionOf(deps) : { token: initialToken };
  const createdAt = await registerClient(databases, moment, client, admission);
  if (createdAt === undefined) throw registrationRefused(admission);
  c.get('logFields').client = id;
  return sendRegistration(c, { id, createdAt, metadata }, { secret, registrationToken }, 201);
}

/** Characters of the hash of a network; a shorter hash would collide. */
const NETWORK_HASH_LENGTH = 22;

/** The limits of registration without a token: unused registrations of the network, stored as a keyed hash. */
async function admissionOf({ config, settings, site }: Deps): Promise<RegistrationAdmission> {
  const network = config.root.mac('network', site).slice(0, NETWORK_HASH_LENGTH);
  return { network, most: (await settings()).unused_registrations };
}

function registrationRefused(admission: RegistrationAdmission): OAuthError {
  if ('token' in admission)
    return initialAccessTokenRequired('the initial access token is unknown, expired or exhausted.');
  return tooManyRequests('too many unused registrations, in total or from your network.', RETRY_AFTER_SECONDS);
}

/** Retry-After: the cron deletes unused registrations every few minutes. */
const RETRY_AFTER_SECONDS = 600;

/** RFC 7591 §3: the initial access token is a bearer token (RFC 6750). */
function initialAccessTokenRequired(description = 'registration requires an initial access token.'): OAuthError {
  return new OAuthError('invalid_token', description, {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
}

/** The id of a public registration: a digest of its metadata, so that identical registrations share a client. */
function publicClientId(metadata: ClientMetadata): string {
  return `c_${sha256(JSON.stringify(canonicalMembers(metadata)))}`;
}

function canonicalMembers(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(canonicalMembers).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, canonicalMembers(inner)]);
}
