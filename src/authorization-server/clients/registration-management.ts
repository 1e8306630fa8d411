/** GET, PUT and DELETE /register/:id: registration management (RFC 7592). */
import type { Context } from 'hono';
import { constantTimeEqual, sha256 } from '../../crypto/digest.ts';
import { readBearer } from '../../http/bearer-header.ts';
import { readJson } from '../../http/body.ts';
import type { Web } from '../../http/context.ts';
import { bytesOf, countStoredBytes } from '../../http/storage-budget.ts';
import { MAX_REGISTRATION_BYTES } from '../../protocol/client-metadata.ts';
import { newClientSecret } from '../../protocol/credentials.ts';
import { isJsonObject } from '../../protocol/json-object.ts';
import { presentMembers } from '../../protocol/not-set.ts';
import { OAuthError, tooManyRequests } from '../../protocol/oauth-error.ts';
import { deleteClient } from '../../storage/clients/client-changes.ts';
import { findClientFromPrimary } from '../../storage/clients/clients.ts';
import { deliverApprovalCutoff, replaceMetadata } from '../../storage/clients/metadata-replacement.ts';
import { deleteUnusedRegistration } from '../../storage/clients/unused-registrations.ts';
import { type Client, usesClientSecret } from './client.ts';
import { parseRegistration, sendRegistration } from './registration-response.ts';

export async function readRegistration(c: Context<Web>) {
  const { client, token } = await authenticateRegistration(c);
  return sendRegistration(c, client, { registrationToken: token }, 200);
}

/** Replaces the registration; omitted members are deleted (RFC 7592 §2.2). */
export async function replaceRegistration(c: Context<Web>) {
  const deps = c.get('deps');
  const { databases, moment, waitUntil } = deps;
  const { client, token } = await authenticateRegistration(c);
  const body = await readJson(c, 'invalid_client_metadata', MAX_REGISTRATION_BYTES);
  await countStoredBytes(deps, 'registration', bytesOf(JSON.stringify(body)));
  const metadata = await parseRegistration(deps, body);
  const sent = presentMembers(body);
  checkFixedMembers(client, isJsonObject(sent) ? sent : {});
  const secret = usesClientSecret(metadata) ? newClientSecret() : undefined;
  const secretHash = secret === undefined ? null : sha256(secret);
  const changed = await replaceMetadata(databases, moment, client.id, { metadata, secretHash });
  if (!changed) throw invalidRegistrationToken();
  waitUntil('invalidate a changed client', deliverApprovalCutoff(databases, client.id));
  // Only the secret in effect: the client may have had one, or a concurrent request has set one.
  const newSecret = changed.secretHash === secretHash ? secret : undefined;
  return sendRegistration(c, changed, { secret: newSecret, registrationToken: token }, 200);
}

/** Deletes the client and revokes its grants and tokens (RFC 7592 §2.3). */
export async function deleteRegistration(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { client } = await authenticateRegistration(c);
  if (client.registeredFrom !== null) await deleteUnusedRegistration(databases, client.id);
  else await deleteClient(databases, moment, `client:${client.id}`, client.id);
  return c.body(null, 204, { 'Cache-Control': 'no-store', Pragma: 'no-cache' });
}

/** Checks members that MUST NOT be sent, and those that MUST NOT change (RFC 7592 §2.2). */
function checkFixedMembers(client: Client, body: Record<string, unknown>): void {
  const invalid = (description: string) => new OAuthError('invalid_client_metadata', description);
  const forbidden = [
    'registration_access_token',
    'registration_client_uri',
    'client_secret_expires_at',
    'client_id_issued_at',
  ];
  const sent = forbidden.find((name) => name in body);
  if (sent) throw invalid(`${sent} must not be sent.`);
  if (body.client_id !== client.id) throw invalid('client_id must be the one of this client.');
  const { client_secret: secret } = body;
  if (secret !== undefined && (typeof secret !== 'string' || sha256(secret) !== client.secretHash)) {
    throw invalid('client_secret must be the current one; a client cannot choose its own.');
  }
}

/** The client of the registration access token, and the token. */
async function authenticateRegistration(c: Context<Web>): Promise<{ client: Client; token: string }> {
  const { rateLimits, databases, moment, network } = c.get('deps');
  const token = readBearer(c.req.header('authorization')) ?? '';
  const client = await findClientFromPrimary(databases, c.req.param('id') ?? '', moment.now);
  const known = client?.registrationTokenHash ?? undefined;
  // RFC 7592 §2.1: if the client does not exist, or the token is not its own: 401.
  if (!client || known === undefined || !constantTimeEqual(sha256(token), known)) {
    const { success } = await rateLimits.failedAuthentication.limit({ key: network });
    if (!success) throw tooManyRequests('too many wrong registration access tokens from your network.', 60);
    throw invalidRegistrationToken();
  }
  c.get('logFields').client = client.id;
  if (client.disabledAt !== null) throw new OAuthError('access_denied', 'an administrator disabled this client.');
  return { client, token };
}

function invalidRegistrationToken(): OAuthError {
  const headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
  return new OAuthError('invalid_token', 'the registration access token is not valid for this client.', { headers });
}
