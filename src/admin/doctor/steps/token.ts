/** Step 7: the token endpoint (RFC 6749 §4.1.3): an invalid code is refused, and the code of a user redeemed. */
import { AUTHORIZATION_CODE, REFRESH_TOKEN } from '../../../protocol/grant-type.ts';
import { describe, errorOf, isJsonType, objectOf, type ProbeResponse } from '../probe.ts';
import { jwtClaims } from '../token-claims.ts';
import { isUnusable, type Walk } from '../walk.ts';
import { authorizationRequest, codeOf } from './authorize.ts';

export async function checkTokenEndpoint(walk: Walk): Promise<string | undefined> {
  await refuseInvalidCode(walk);
  if (walk.known.code) await redeem(walk);
  return undefined;
}

/** A request of this client to the token endpoint. */
function request(walk: Walk, parameters: Record<string, string>): Promise<ProbeResponse | undefined> {
  const { client, resource, server } = walk.known;
  const form = new URLSearchParams({ ...parameters, client_id: client?.id ?? 'postern-doctor-unknown-client' });
  if (typeof resource?.resource === 'string' && parameters.resource === undefined)
    form.set('resource', resource.resource);
  // A token of another audience.
  if (parameters.resource === '') form.delete('resource');
  const headers: Record<string, string> = {
    'Content-Type': 'application/x-www-form-urlencoded',
    Accept: 'application/json',
  };
  if (client?.secret) {
    form.delete('client_id');
    headers.Authorization = `Basic ${btoa(`${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`)}`;
  }
  return walk.post(String(server?.token_endpoint), String(form), headers);
}

const codeParameters = (walk: Walk, code: string, verifier: string) => ({
  grant_type: AUTHORIZATION_CODE,
  code,
  code_verifier: verifier,
  redirect_uri: walk.redirectUri,
});

async function refuseInvalidCode(walk: Walk): Promise<void> {
  const verifier = 'postern-doctor-verifier-of-a-code-that-does-not-exist';
  const answer = await request(walk, codeParameters(walk, 'postern-doctor-invalid-code', verifier));
  if (!answer) return;
  if (answer.status === 404 || answer.status === 405) return void walk.found('token-not-found', describe(answer));
  if (answer.status >= 500) return void walk.found('invalid-code-fails', `${describe(answer)} to an invalid code`);
  if (isUnusable(walk, answer)) return;
  const error = objectOf(answer)?.error;
  const seen = `${describe(answer)} to an invalid code: ${errorOf(answer) ?? answer.body.slice(0, 80)}`;
  if (answer.status < 300)
    walk.found(objectOf(answer)?.access_token ? 'code-not-validated' : 'token-error-format', seen);
  else if (!isJsonType(answer) || !objectOf(answer)) walk.found('token-not-json', seen);
  else if (typeof error !== 'string') walk.found('token-error-format', seen);
  else if (error === 'unsupported_grant_type' || error === 'unauthorized_client') refuseGrant(walk, error, seen);
  else if (error === 'invalid_client' && walk.known.client?.by === 'registration')
    walk.found('token-client-refused', seen);
}

/** An unknown client may be told that it may not; a known one must be able to. */
function refuseGrant(walk: Walk, error: string, seen: string): void {
  if (error === 'unsupported_grant_type' || walk.known.client) walk.found('code-grant-refused', seen);
}

async function redeem(walk: Walk): Promise<void> {
  const { code = '', verifier = '' } = walk.known.code ?? {};
  const first = await issued(walk, codeParameters(walk, code, verifier), 'code-refused');
  if (!first) return;
  const { refresh_token: refreshToken } = first;
  walk.shared.tokens = { accessToken: String(first.access_token) };
  if (typeof refreshToken !== 'string') {
    walk.found('no-refresh-token', `the token response has ${Object.keys(first).join(', ')}`);
    walk.cleanUp.push(() => revoke(walk, String(first.access_token)));
  } else {
    const parameters = { grant_type: REFRESH_TOKEN, refresh_token: refreshToken };
    const next = await issued(walk, parameters, 'refresh-refused');
    if (next) walk.shared.tokens.accessToken = String(next.access_token);
    const last = typeof next?.refresh_token === 'string' ? next.refresh_token : refreshToken;
    walk.cleanUp.push(() => revoke(walk, last));
  }
  await obtainOtherAudience(walk);
}

/** A token response, checked. */
async function issued(walk: Walk, parameters: Record<string, string>, refused: 'code-refused' | 'refresh-refused') {
  const answer = await request(walk, parameters);
  if (!answer) return undefined;
  const body = objectOf(answer);
  const seen = `${describe(answer)}: ${errorOf(answer) ?? ''}`;
  if (answer.status !== 200) return void walk.found(refused, seen);
  if (typeof body?.access_token !== 'string' || !/^(bearer|dpop)$/i.test(String(body.token_type)))
    return void walk.found('token-response', `${seen} token_type is ${JSON.stringify(body?.token_type) ?? 'missing'}`);
  if (!/\bno-store\b/i.test(answer.headers.get('cache-control') ?? ''))
    walk.found('token-cacheable', `Cache-Control is ${answer.headers.get('cache-control') ?? 'missing'}`);
  return body;
}

/** A second authorization without `resource`: where its token names another audience, the MCP server must refuse it. */
async function obtainOtherAudience(walk: Walk): Promise<void> {
  const authorization = authorizationRequest(walk, false);
  const code = await codeOf(walk, authorization).catch(() => undefined);
  if (code === undefined) return;
  const answer = await request(walk, { ...codeParameters(walk, code, authorization.verifier), resource: '' });
  const accessToken = answer?.status === 200 ? objectOf(answer)?.access_token : undefined;
  if (typeof accessToken !== 'string' || !walk.shared.tokens) return;
  walk.cleanUp.push(() => revoke(walk, accessToken));
  const audience = jwtClaims(accessToken)?.aud;
  const resource = String(walk.known.resource?.resource).replace(/\/$/, '');
  const audiences = [audience].flat().map((each) => String(each).replace(/\/$/, ''));
  if (audience !== undefined && !audiences.includes(resource)) walk.shared.tokens.otherAudience = accessToken;
}

/** RFC 7009: nothing that the diagnosis obtained remains valid. */
async function revoke(walk: Walk, token: string): Promise<void> {
  const endpoint = walk.known.server?.revocation_endpoint;
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return;
  const { client } = walk.known;
  const form = new URLSearchParams({ token, client_id: client?.id ?? '' });
  if (client?.secret) form.set('client_secret', client.secret);
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  await walk.send(endpoint, { method: 'POST', headers, body: String(form) }).catch(() => undefined);
}
