/** Step 4: the client gets an id: a configured one, its Client ID Metadata Document, or registration (RFC 7591). */
import { CLIENT_SECRET_BASIC, NO_AUTHENTICATION } from '../../../protocol/authentication-method.ts';
import { AUTHORIZATION_CODE, REFRESH_TOKEN } from '../../../protocol/grant-type.ts';
import type { Metadata } from '../knowledge.ts';
import { describe, errorOf, objectOf, type ProbeResponse } from '../probe.ts';
import { isUnusable, type Walk } from '../walk.ts';
import { readDocument } from './client-document.ts';

export async function checkRegistration(walk: Walk): Promise<string | undefined> {
  const { options, profile, known } = walk;
  const { clientId } = options;
  if (clientId !== undefined && !clientId.startsWith('http')) {
    known.client = { id: clientId, by: 'configuration' };
    return undefined;
  }
  const { client_id_metadata_document_supported: hasDocuments, registration_endpoint: endpoint } = known.server ?? {};
  if (clientId !== undefined && hasDocuments !== true) {
    walk.found('documents-not-supported', `${known.serverDocumentUrl} with the client ID ${clientId}`);
    return undefined;
  }
  const document = clientId ?? profile.clientIdUrl;
  // A client ID can be entered by hand, in a client that does not know such documents too.
  const takesDocument = hasDocuments === true && (clientId !== undefined || profile.registration.includes('cimd'));
  if (takesDocument && document !== undefined) return readDocument(walk, document);
  if (typeof endpoint === 'string' && URL.canParse(endpoint)) return register(walk, endpoint);
  if (takesDocument) return 'an application has a Client ID Metadata Document of its own: --client-id URL';
  walk.found('no-registration', `${known.serverDocumentUrl}: registration_endpoint is missing`);
  return undefined;
}

const JSON_BODY = { 'Content-Type': 'application/json', Accept: 'application/json' };

async function register(walk: Walk, endpoint: string): Promise<string | undefined> {
  if (!walk.options.register && !walk.signsIn) return tryEndpoint(walk, endpoint);
  const request = metadataOf(walk);
  const answer = await walk.post(endpoint, JSON.stringify(request), JSON_BODY);
  if (!answer || isRefused(walk, answer) || isUnusable(walk, answer)) return undefined;
  if (answer.status >= 400) {
    const sent = `sent: ${JSON.stringify(request)}`;
    return void walk.found('registration-rejected', `${describe(answer)}: ${errorOf(answer) ?? ''}; ${sent}`);
  }
  readRegistration(walk, answer, request);
  return undefined;
}

/** A body that no server can register tells whether the endpoint exists, and is open. */
async function tryEndpoint(walk: Walk, endpoint: string): Promise<string | undefined> {
  const answer = await walk.post(endpoint, '{', JSON_BODY);
  if (!answer || isRefused(walk, answer)) return undefined;
  return 'the endpoint answers; a registration needs --register';
}

function isRefused(walk: Walk, answer: ProbeResponse): boolean {
  const seen = `${describe(answer)}: ${errorOf(answer) ?? ''}`;
  if (answer.status === 401 || answer.status === 403) walk.found('registration-refused', seen);
  else if (answer.status === 404 || answer.status === 405) walk.found('registration-endpoint-missing', seen);
  else return false;
  return true;
}

/** The metadata as the SDKs send it: a public client with the scopes that the resource names. */
function metadataOf({ profile, known }: Walk): Metadata {
  const scope = scopeOf(known);
  return {
    client_name: `Postern doctor (${profile.name})`,
    redirect_uris: [profile.redirectUri],
    grant_types: [AUTHORIZATION_CODE, REFRESH_TOKEN],
    response_types: ['code'],
    token_endpoint_auth_method: NO_AUTHENTICATION,
    application_type: profile.redirectUri.startsWith('https:') ? 'web' : 'native',
    ...(scope && { scope }),
  };
}

/** MCP 2026-07-28, Scope Selection: those of the challenge, else those of the resource. */
export function scopeOf({ challengeScope, resource }: Walk['known']): string | undefined {
  const listed = resource?.scopes_supported;
  return challengeScope ?? (Array.isArray(listed) && listed.length > 0 ? listed.join(' ') : undefined);
}

function readRegistration(walk: Walk, answer: ProbeResponse, request: Metadata): void {
  const client = objectOf(answer) ?? {};
  const { client_id: id, client_secret: secret, token_endpoint_auth_method: method = CLIENT_SECRET_BASIC } = client;
  const needsSecret = typeof method === 'string' && method.startsWith('client_secret');
  if (typeof id !== 'string' || id === '') {
    walk.found('registration-response', `${describe(answer)}: client_id is ${JSON.stringify(id) ?? 'missing'}`);
    return;
  }
  walk.known.client = { id, by: 'registration', ...(typeof secret === 'string' && needsSecret && { secret }) };
  walk.cleanUp.push(() => deregister(walk, client));
  const [redirectUri] = request.redirect_uris as string[];
  const registered = client.redirect_uris;
  if (Array.isArray(registered) && !registered.includes(redirectUri))
    walk.found('registered-redirect-uri', `sent ${redirectUri}, registered ${JSON.stringify(registered)}`);
  if (needsSecret && typeof secret !== 'string' && client.token_endpoint_auth_method !== undefined)
    walk.found('registration-response', `${describe(answer)}: ${method} without client_secret`);
}

/** RFC 7592 §2.3. */
async function deregister(walk: Walk, client: Metadata): Promise<void> {
  const { registration_client_uri: uri, registration_access_token: token } = client;
  const headers = { Authorization: `Bearer ${token}` };
  const answer =
    typeof uri === 'string' && typeof token === 'string' && URL.canParse(uri)
      ? await walk.send(uri, { method: 'DELETE', headers }).catch(() => undefined)
      : undefined;
  if (answer?.status === 204 || answer?.status === 200) return;
  walk.found(
    'registration-remains',
    `the client ${client.client_id} is registered: ${answer ? describe(answer) : 'the response named no registration_client_uri'}`,
  );
}
