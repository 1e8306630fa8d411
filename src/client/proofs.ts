/**
 * DPoP as a client (RFC 9449): proofs by the key of a connection, at the token endpoint and at the API, with the nonces
 * that servers want in them.
 */
import * as oauth from 'oauth4webapi';
import { PROOF_ALGORITHM, type ProofKey, proofKeyPair } from '../crypto/proof-key.ts';
import type { ConnectedAppDescription } from '../protocol/connected-app.ts';
import type { ServerMetadata } from '../protocol/server-metadata.ts';
import { OutboundFailure } from '../web/outbound.ts';

/** Whether a server takes the proofs that are made here; undefined where it does not say. */
export const takesProofs = (server: ServerMetadata): boolean | undefined =>
  server.dpop_signing_alg_values_supported?.includes(PROOF_ALGORITHM);

/**
 * Whether new tokens are asked for with a proof. Left to itself, that is where the server takes proofs, unless
 * tokens are given out: one that is bound to a key of ours is of no use to anybody else.
 */
export function usesDpop(
  { dpop, raw_tokens }: Pick<ConnectedAppDescription, 'dpop' | 'raw_tokens'>,
  server: ServerMetadata,
): boolean {
  if (dpop === 'always' || dpop === 'never') return dpop === 'always';
  return raw_tokens === 'nobody' && takesProofs(server) === true;
}

/** By the key. A handle holds the nonces that servers gave last: while an isolate has it, no request is sent twice for them. */
const handles = new Map<string, Promise<oauth.DPoPHandle>>();
const MOST_HANDLES = 1000;

function handleOf(key: ProofKey): Promise<oauth.DPoPHandle> {
  const handle = handles.get(key.x) ?? proofKeyPair(key).then((pair) => oauth.DPoP({}, pair));
  handles.delete(key.x);
  handles.set(key.x, handle);
  const [oldest] = handles.keys();
  if (handles.size > MOST_HANDLES && oldest !== undefined) handles.delete(oldest);
  return handle;
}

/** RFC 9449 §10: what binds a code to the key. */
export const thumbprintOf = async (key: ProofKey): Promise<string> => (await handleOf(key)).calculateThumbprint();

/**
 * Asks a token endpoint with a proof where there is a key; once more with the nonce that its answer brought, where it
 * wants one (RFC 9449 §8).
 */
export async function askWithProof<T>(
  key: ProofKey | undefined,
  ask: (options: oauth.DPoPRequestOptions) => Promise<T>,
): Promise<T> {
  if (!key) return ask({});
  const options = { DPoP: await handleOf(key) };
  try {
    return await ask(options);
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return ask(options);
  }
}

const LONGEST_NONCE = 2000;

/** What is wrong with an answer whose nonce is too long: it would be kept, and sent along with everything. */
export const refuseNonce = ({ headers }: Response): string | undefined =>
  (headers.get('dpop-nonce')?.length ?? 0) > LONGEST_NONCE ? 'sent a nonce that is too long' : undefined;

/** A token that is bound to a key. */
export type Bound = { accessToken: string; key: ProofKey };

type Call = { method: string; url: string; headers: Record<string, string> };
type Send = (headers: Record<string, string>) => Promise<Response>;

/** APIs that know nothing of DPoP, by their origin, as far as this isolate has met them. */
const unaware = new Set<string>();

/**
 * The API's answer to a request with a bound token: with a proof, and once more where it wants a nonce (RFC 9449 §9).
 * @throws OutboundFailure where it wants one nonce after the other.
 */
export async function sendBound(token: Bound, call: Call, send: Send): Promise<Response> {
  const { origin, host } = new URL(call.url);
  const asBearer = () => send({ ...call.headers, authorization: `Bearer ${token.accessToken}` });
  if (unaware.has(origin)) {
    const response = await asBearer();
    if (response.status === 401) unaware.delete(origin);
    return response;
  }
  let { response, schemes, wantsNonce } = await sendProof(token, call, send);
  if (wantsNonce) {
    await response.body?.cancel();
    ({ response, schemes, wantsNonce } = await sendProof(token, call, send));
    if (wantsNonce) {
      await response.body?.cancel();
      throw new OutboundFailure(`${host} asks for one nonce after the other`);
    }
  }
  if (response.status !== 401 || schemes.includes('dpop')) return response;
  // RFC 9449 §7.2: a client can send a DPoP-bound access token using the Bearer scheme upon receipt of a
  // WWW-Authenticate: Bearer challenge; APIs in the wild make none. Who is unaware of DPoP takes it; who is not refuses it.
  await response.body?.cancel();
  const second = await asBearer();
  if (second.status !== 401 && unaware.size < MOST_HANDLES) unaware.add(origin);
  return second;
}

type Answered = { response: Response; schemes: readonly string[]; wantsNonce: boolean };

async function sendProof({ accessToken, key }: Bound, { method, url, headers }: Call, send: Send): Promise<Answered> {
  const options = {
    DPoP: await handleOf(key),
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
    // A challenge is an answer like any other.
    if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error;
    const schemes = error.cause.map(({ scheme }) => scheme);
    return { response: error.response, schemes, wantsNonce: oauth.isDPoPNonceError(error) };
  }
}
