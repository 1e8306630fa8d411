/** GET, PUT and DELETE /register/:id: a client manages its registration (RFC 7592). */
import type { Context } from 'hono';
import { equalInConstantTime, sha256 } from '../../crypto/digest.ts';
import { parseClientMetadata } from '../../protocol/client-metadata.ts';
import { newClientSecret } from '../../protocol/credentials.ts';
import { OAuthError, tooManyRequests } from '../../protocol/oauth-error.ts';
import { changeClient, deleteClient, findClientLatest } from '../../storage/clients.ts';
import { readBearer } from '../../web/bearer.ts';
import { readJson } from '../../web/body.ts';
import type { Web } from '../../web/context.ts';
import { type Client, hasSecret } from './client.ts';
import { sendRegistration } from './registration.ts';

export async function readRegistration(c: Context<Web>) {
  const { client, token } = await provenClient(c);
  return sendRegistration(c, client, { registrationToken: token }, 200);
}

/** RFC 7592 §2.2: the request replaces all that was registered; what it leaves out is gone. */
export async function replaceRegistration(c: Context<Web>) {
  const { capabilities, databases, moment } = c.get('deps');
  const { client, token } = await provenClient(c);
  const body = await readJson(c, 'invalid_client_metadata');
  const metadata = parseClientMetadata(body, capabilities, 'anybody');
  checkOwnFields(client, body as Record<string, unknown>);
  const secret = hasSecret(metadata) && client.secretHash === null ? newClientSecret() : undefined;
  // A secret that is no longer registered is gone for good, and the one before it.
  const secrets = secret
    ? { secretHash: sha256(secret) }
    : hasSecret(metadata)
      ? {}
      : { secretHash: null, previousSecretHash: null, previousSecretUntil: null };
  await changeClient(databases, moment, `client:${client.id}`, client.id, { metadata, ...secrets }, false);
  return sendRegistration(c, { ...client, metadata }, { secret, registrationToken: token }, 200);
}

/** RFC 7592 §2.3: the client is no more, and neither is anything that it was given. */
export async function deleteRegistration(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { client } = await provenClient(c);
  await deleteClient(databases, moment, `client:${client.id}`, client.id);
  return c.body(null, 204, { 'Cache-Control': 'no-store', Pragma: 'no-cache' });
}

/** RFC 7592 §2.2: fields that MUST NOT be sent, and those that MUST be what they are. */
function checkOwnFields(client: Client, body: Record<string, unknown>): void {
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
    throw invalid('client_secret must be the one that is in use; a client cannot choose its own.');
  }
}

/** The client that the registration access token manages, and the token as it came. */
async function provenClient(c: Context<Web>): Promise<{ client: Client; token: string }> {
  const { ceilings, databases, moment, network } = c.get('deps');
  const token = readBearer(c.req.header('authorization')) ?? '';
  const client = await findClientLatest(databases, c.req.param('id') ?? '', moment.now);
  const known = client?.registrationTokenHash ?? undefined;
  // RFC 7592 §2.1: if the client does not exist, or the token is not its own: 401.
  if (!client || known === undefined || !equalInConstantTime(sha256(token), known)) {
    const { success } = await ceilings.failedAuthentication.limit({ key: network });
    if (!success) throw tooManyRequests('too many wrong registration access tokens came from your network.', 60);
    const headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
    throw new OAuthError('invalid_token', 'the registration access token is not the one of this client.', { headers });
  }
  c.get('facts').client = client.id;
  if (client.disabledAt !== null) throw new OAuthError('access_denied', 'an administrator disabled this client.');
  return { client, token };
}
