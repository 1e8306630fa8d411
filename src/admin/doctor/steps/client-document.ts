/** The Client ID Metadata Document of a client, fetched as an authorization server does (CIMD §4). */
import { CLIENT_SECRET_BASIC, CLIENT_SECRET_POST } from '../../../protocol/authentication-method.ts';
import type { Metadata } from '../knowledge.ts';
import { describe, isJsonType, isRedirect, objectOf } from '../probe.ts';
import type { Walk } from '../walk.ts';

/** CIMD §6.6, bytes. */
const LARGEST = 5 * 1024;

const SHARED_SECRET = [CLIENT_SECRET_BASIC, CLIENT_SECRET_POST, 'client_secret_jwt'];

export async function readDocument(walk: Walk, url: string): Promise<undefined> {
  walk.known.client = { id: url, by: 'document' };
  const headers = { Accept: 'application/json', 'User-Agent': 'postern-doctor/1' };
  const answer = await walk.send(url, { method: 'GET', headers }).catch((error: Error) => error);
  if (answer instanceof Error) return void walk.found('document-unreachable', `GET ${url}: ${answer.message}`);
  if (isRedirect(answer)) return void walk.found('document-redirects', describe(answer));
  if (answer.status !== 200) return void walk.found('document-refused', describe(answer));
  const document = objectOf(answer);
  if (!document || !isJsonType(answer))
    return void walk.found('document-not-json', `${describe(answer)}: ${answer.body.slice(0, 80)}`);
  const size = new TextEncoder().encode(answer.body).length;
  if (size > LARGEST) walk.found('document-too-large', `${describe(answer)}: ${size} bytes`);
  checkDocument(walk, url, document);
}

function checkDocument(walk: Walk, url: string, document: Metadata): void {
  const { client_id: id, redirect_uris: uris, token_endpoint_auth_method: method, client_secret: secret } = document;
  if (id !== url) walk.found('document-client-id', `${url}: client_id is ${JSON.stringify(id) ?? 'missing'}`);
  const isOfProfile = walk.options.clientId === undefined;
  const { redirectUri } = walk.profile;
  if (!Array.isArray(uris) || uris.length === 0 || (isOfProfile && !uris.includes(redirectUri)))
    walk.found('document-redirect-uris', `${url}: redirect_uris is ${JSON.stringify(uris) ?? 'missing'}`);
  else if (!isOfProfile && !walk.signsIn) walk.redirectUri = String(uris[0]);
  const usesSecret = typeof method === 'string' && SHARED_SECRET.includes(method);
  if (secret !== undefined || usesSecret)
    walk.found('document-secret', `${url}: token_endpoint_auth_method is ${JSON.stringify(method) ?? 'missing'}`);
}
