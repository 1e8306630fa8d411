/** The userinfo of a provider (OpenID Connect Core §5.3). */
import * as oauth from 'oauth4webapi';
import { decodeClaims } from '../crypto/jwt-decoding.ts';
import { PROTOCOL_LIMITS, safeSend } from '../http/outbound/safe-fetch.ts';
import { isJsonObject } from '../protocol/json-object.ts';
import { CLOCK_SKEW, SECOND } from '../protocol/lifetimes.ts';
import { TENANT_PLACEHOLDER } from '../protocol/server-metadata.ts';
import type { ConnectionTokens } from '../storage/providers/connection-tokens.ts';
import { sendWithDpop } from './dpop-api-request.ts';
import { nonceProblem } from './dpop-proofs.ts';
import { acceptedAlgorithms, checkSignature } from './id-token-signature.ts';
import { fetchOptions, type ProviderClient, type ProviderClientDeps, providerHost } from './provider-client.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';

/** GitHub refuses requests without a user agent. */
const HEADERS = { accept: 'application/json', 'user-agent': 'Postern' };

/**
 * The userinfo, as JSON.
 * @param subject the sub of the id_token, where there was one.
 * @throws ProviderFailure
 */
export async function readUserinfo(
  deps: ProviderClientDeps,
  client: ProviderClient,
  tokens: ConnectionTokens,
  subject: unknown,
): Promise<Record<string, unknown>> {
  const userinfo = await readUserDocument(deps, client, tokens, client.server.userinfo_endpoint ?? '');
  const host = providerHost(client);
  if (!isJsonObject(userinfo)) throw new ProviderFailure('unusable', `${host} did not say who you are there`);
  // OpenID Connect Core §5.3.2: the sub Claim in the UserInfo Response MUST be verified to exactly match the sub Claim
  // in the ID Token; if they do not match, the UserInfo Response values MUST NOT be used.
  const { sub } = userinfo;
  if (subject !== undefined && (sub === undefined || sub === null))
    throw new ProviderFailure('unusable', `${host} did not say whose profile it sent (its userinfo has no sub)`);
  if (subject !== undefined && subjectOf(sub) !== subjectOf(subject))
    throw new ProviderFailure('unusable', `${host} named two different users`);
  return userinfo;
}

/** A subject as text: some providers send a number. */
const subjectOf = (sub: unknown): unknown => (Number.isSafeInteger(sub) ? String(sub) : sub);

/**
 * Any document about the user of the token, as JSON.
 * @throws ProviderFailure
 */
export async function readUserDocument(
  deps: ProviderClientDeps,
  client: ProviderClient,
  tokens: ConnectionTokens,
  address: string,
): Promise<unknown> {
  const host = providerHost(client);
  try {
    const response = await requestDocument(deps, tokens, address);
    if (response.status !== 200) {
      const kind = response.status >= 500 ? 'unreachable' : 'refused';
      throw new ProviderFailure(kind, `${host} answered ${response.status} when it was asked who you are`);
    }
    if (/^application\/jwt\b/i.test(response.headers.get('content-type') ?? ''))
      return await verifiedUserinfo(deps, client, await response.text());
    return await response.json().catch((cause: unknown) => {
      throw new ProviderFailure('unusable', `${host} sent something that is not JSON`, { cause });
    });
  } catch (error) {
    throw asProviderFailure(host, error);
  }
}

/**
 * The claims of a signed answer (OpenID Connect Core §5.3.2): its iss is the issuer and its aud contains the client id,
 * where it has them.
 */
async function verifiedUserinfo(deps: ProviderClientDeps, client: ProviderClient, token: string): Promise<unknown> {
  const { server, clientId } = client;
  const algorithms = acceptedAlgorithms(server.userinfo_signing_alg_values_supported);
  await checkSignature(deps, client, token, 'userinfo', algorithms);
  const claims = decodeClaims(token) ?? {};
  const issuer = server.issuer.replace(TENANT_PLACEHOLDER, String(claims.tid));
  const isOurs = claims.aud === undefined || [claims.aud].flat().includes(clientId);
  const isExpired = claims.exp !== undefined && claims.exp * SECOND <= deps.moment.now - CLOCK_SKEW;
  if ((claims.iss === undefined || claims.iss === issuer) && isOurs && !isExpired) return claims;
  const message = `${providerHost(client)} sent userinfo that is not for this server`;
  const detail = `${message}: iss is ${claims.iss}, expected: ${issuer}; aud is ${claims.aud}, expected: ${clientId}; exp is ${claims.exp}`;
  throw new ProviderFailure('unusable', message, { detail });
}

function requestDocument(
  deps: ProviderClientDeps,
  { accessToken, dpop }: ConnectionTokens,
  address: string,
): Promise<Response> {
  if (!dpop?.isBound) {
    const [url, headers] = [new URL(address), new Headers(HEADERS)];
    return oauth.protectedResourceRequest(accessToken, 'GET', url, headers, null, fetchOptions(deps));
  }
  const call = { method: 'GET', url: address, headers: HEADERS };
  return sendWithDpop({ accessToken, key: dpop.key }, call, (headers) =>
    safeSend(deps, address, { headers }, { ...PROTOCOL_LIMITS, refuse: nonceProblem }),
  );
}
