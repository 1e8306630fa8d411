/** Step 8: the MCP server refuses invalid tokens, and accepts the one that was issued for it (RFC 6750, RFC 9068 §4). */
import { challengeParameters } from '../../../oauth-client/resource-challenge.ts';
import { SECOND } from '../../../protocol/lifetimes.ts';
import { firstMessage } from '../messages.ts';
import { describe, errorOf, type ProbeResponse } from '../probe.ts';
import { jwtClaims, unsignedJwt } from '../token-claims.ts';
import { isUnusable, type Walk } from '../walk.ts';

export async function checkAccess(walk: Walk): Promise<string | undefined> {
  if (!(await refusesInvalid(walk))) return undefined;
  await refusesUnsigned(walk);
  const { tokens } = walk.shared;
  if (!tokens) return 'a token needs a user: --sign-in';
  await accepts(walk, tokens.accessToken);
  if (tokens.otherAudience) await refusesOtherAudience(walk, tokens.otherAudience);
  return undefined;
}

function call(walk: Walk, token: string): Promise<ProbeResponse | undefined> {
  const { body, headers } = firstMessage(walk.profile.revision);
  return walk.post(walk.url, body, { ...headers, Authorization: `Bearer ${token}` });
}

async function refusesInvalid(walk: Walk): Promise<boolean> {
  const answer = await call(walk, 'postern-doctor-invalid-token');
  if (!answer || (answer.status < 500 && isUnusable(walk, answer))) return false;
  const seen = `${describe(answer)} to the token "postern-doctor-invalid-token"`;
  if (answer.status < 300) walk.found('invalid-token-accepted', seen);
  else if (answer.status >= 500) walk.found('invalid-token-fails', seen);
  else if (answer.status !== 401) walk.found('invalid-token-status', seen);
  else {
    const header = answer.headers.get('www-authenticate') ?? '';
    if (challengeParameters(header)?.get('error') !== 'invalid_token')
      walk.found('invalid-token-challenge', `${seen}: WWW-Authenticate: ${header.slice(0, 200) || 'missing'}`);
  }
  return answer.status === 401 || answer.status >= 500;
}

/** A token with all the right claims, and no signature. */
async function refusesUnsigned(walk: Walk): Promise<void> {
  const seconds = Math.floor(walk.now() / SECOND);
  const { resource, issuer } = walk.known;
  const claims = { iss: issuer, aud: resource?.resource, sub: 'doctor', iat: seconds, exp: seconds + 300 };
  const answer = await call(walk, unsignedJwt(claims));
  if (answer && answer.status < 300)
    walk.found('unsigned-token-accepted', `${describe(answer)} to a JWT with alg none`);
}

async function accepts(walk: Walk, token: string): Promise<void> {
  const answer = await call(walk, token);
  if (!answer || isUnusable(walk, answer) || (answer.status !== 401 && answer.status !== 403)) return;
  const claims = jwtClaims(token);
  const challenge = answer.headers.get('www-authenticate') ?? errorOf(answer) ?? '';
  const seen = `${describe(answer)} to the token that was issued: ${challenge.slice(0, 200)}`;
  const { aud, iss, exp, nbf } = claims ?? {};
  const resource = walk.known.resource?.resource;
  const now = walk.now() / SECOND;
  if (claims && ![aud].flat().includes(resource)) {
    walk.found('audience-differs', `${seen}; aud is ${JSON.stringify(aud)}, resource is ${JSON.stringify(resource)}`);
  } else if (claims && iss !== walk.known.server?.issuer) {
    walk.found('token-issuer-differs', `${seen}; iss is ${JSON.stringify(iss)}`);
  } else if (Number(exp) < now || Number(nbf) > now) {
    walk.found('clock-skew', `${seen}; exp is ${exp}, nbf is ${nbf}, the time here is ${Math.floor(now)}`);
  } else walk.found('token-refused', seen);
}

async function refusesOtherAudience(walk: Walk, token: string): Promise<void> {
  const answer = await call(walk, token);
  if (!answer || answer.status >= 300) return;
  walk.found(
    'other-audience-accepted',
    `${describe(answer)} to a token with aud ${JSON.stringify(jwtClaims(token)?.aud)}`,
  );
}
