/** What a provider tells about somebody whose access token it gave (OpenID Connect Core §5.3). */
import * as oauth from 'oauth4webapi';
import type { Tokens } from '../storage/connections.ts';
import { PROTOCOL, sendForeign } from '../web/outbound.ts';
import { guarded, hostOf, type Party, type PartyDeps } from './party.ts';
import { refuseNonce, sendBound } from './proofs.ts';
import { asProviderFailure, ProviderFailure } from './provider-failure.ts';

/** GitHub answers nobody who does not say what they are. */
const HEADERS = { accept: 'application/json', 'user-agent': 'Postern' };

/**
 * The userinfo, as JSON.
 * @param subject whom the id_token named, where there was one.
 * @throws ProviderFailure
 */
export async function readUserinfo(
  deps: PartyDeps,
  party: Party,
  tokens: Tokens,
  subject: string | undefined,
): Promise<Record<string, unknown>> {
  const userinfo = await readAbout(deps, party, tokens, party.server.userinfo_endpoint ?? '');
  const host = hostOf(party);
  if (typeof userinfo !== 'object' || userinfo === null || Array.isArray(userinfo))
    throw new ProviderFailure('unusable', `${host} did not say who you are there`);
  // OpenID Connect Core §5.3.2: the sub Claim in the UserInfo Response MUST be verified to exactly match the sub Claim
  // in the ID Token; if they do not match, the UserInfo Response values MUST NOT be used.
  if (subject !== undefined && (userinfo as { sub?: unknown }).sub !== subject)
    throw new ProviderFailure('unusable', `${host} named two different people`);
  return userinfo as Record<string, unknown>;
}

/**
 * Any document about the person whose token it is, as JSON.
 * @throws ProviderFailure
 */
export async function readAbout(deps: PartyDeps, party: Party, tokens: Tokens, address: string): Promise<unknown> {
  const host = hostOf(party);
  try {
    const response = await ask(deps, tokens, address);
    if (response.status !== 200) {
      const kind = response.status >= 500 ? 'unreachable' : 'refused';
      throw new ProviderFailure(kind, `${host} answered ${response.status} when it was asked who you are`);
    }
    return await response.json().catch((cause: unknown) => {
      throw new ProviderFailure('unusable', `${host} sent something that is not JSON`, { cause });
    });
  } catch (error) {
    throw asProviderFailure(host, error);
  }
}

function ask(deps: PartyDeps, { accessToken, dpop }: Tokens, address: string): Promise<Response> {
  if (!dpop?.isBound) {
    const [url, headers] = [new URL(address), new Headers(HEADERS)];
    return oauth.protectedResourceRequest(accessToken, 'GET', url, headers, null, guarded(deps));
  }
  const call = { method: 'GET', url: address, headers: HEADERS };
  return sendBound({ accessToken, key: dpop.key }, call, (headers) =>
    sendForeign(deps, address, { headers }, { ...PROTOCOL, refuse: refuseNonce }),
  );
}
