/** A request to an API with a bound token: the proof, the nonce that the API requires, and APIs without DPoP (RFC 9449 §7, §9). */
import * as oauth from 'oauth4webapi';
import type { DpopKey } from '../crypto/dpop-key.ts';
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import { dpopHandle, MAX_HANDLES } from './dpop-proofs.ts';

/** A token that is bound to a key. */
export type BoundToken = { accessToken: string; key: DpopKey };

type Call = { method: string; url: string; headers: Record<string, string> };

type Send = (headers: Record<string, string>) => Promise<Response>;

/** Origins of APIs without DPoP support, as far as this isolate has seen them. */
const originsWithoutDpop = new Set<string>();

/**
 * The API's answer to a request with a bound token: with a proof, and once more where it requires a nonce (RFC 9449 §9).
 * @throws OutboundFailure where it requires a new nonce each time.
 */
export async function sendWithDpop(token: BoundToken, call: Call, send: Send): Promise<Response> {
  const { origin, host } = new URL(call.url);
  const asBearer = () => send({ ...call.headers, authorization: `Bearer ${token.accessToken}` });
  if (originsWithoutDpop.has(origin)) {
    const response = await asBearer();
    if (response.status === 401) originsWithoutDpop.delete(origin);
    return response;
  }
  let { response, schemes, wantsNonce } = await sendProof(token, call, send);
  if (wantsNonce) {
    await response.body?.cancel();
    ({ response, schemes, wantsNonce } = await sendProof(token, call, send));
    if (wantsNonce) {
      await response.body?.cancel();
      throw new OutboundFailure(`${host} requires a new nonce each time`);
    }
  }
  if (response.status !== 401 || schemes.includes('dpop')) return response;
  // RFC 9449 §7.2: a client can send a DPoP-bound access token using the Bearer scheme upon receipt of a
  // WWW-Authenticate: Bearer challenge; some APIs send none. One without DPoP support accepts it; others refuse it.
  await response.body?.cancel();
  const second = await asBearer();
  if (second.status !== 401 && originsWithoutDpop.size < MAX_HANDLES) originsWithoutDpop.add(origin);
  return second;
}

type ProofResponse = { response: Response; schemes: readonly string[]; wantsNonce: boolean };

async function sendProof(
  { accessToken, key }: BoundToken,
  { method, url, headers }: Call,
  send: Send,
): Promise<ProofResponse> {
  const options = {
    DPoP: await dpopHandle(key),
    [oauth.customFetch]: (_: string, sent: { headers: Record<string, string> }) => {
      const { authorization = '', dpop = '' } = sent.headers;
      return send({ ...headers, authorization, dpop });
    },
    [oauth.allowInsecureRequests]: true,
  };
  try {
    const address = new URL(url);
    const response = await oauth.protectedResourceRequest(accessToken, method, address, undefined, null, options);
    return { response, schemes: [], wantsNonce: false };
  } catch (error) {
    // A challenge is a regular answer.
    if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error;
    const schemes = error.cause.map(({ scheme }) => scheme);
    return { response: error.response, schemes, wantsNonce: oauth.isDPoPNonceError(error) };
  }
}
