/**
 * DPoP as a client (RFC 9449): proofs by the key of a connection, at the token endpoint and the API, with the nonces that
 * servers require.
 */
import * as oauth from 'oauth4webapi';
import { DPOP_ALGORITHM, type DpopKey, importDpopKeyPair } from '../crypto/dpop-key.ts';
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import type { ConnectedAppDescription } from '../protocol/connected-app.ts';
import type { ServerMetadata } from '../protocol/server-metadata.ts';

/** True where a server accepts the proof algorithm of this server; undefined where it lists none. */
export const acceptsDpop = (server: ServerMetadata): boolean | undefined =>
  server.dpop_signing_alg_values_supported?.includes(DPOP_ALGORITHM);

/**
 * True where new tokens are requested with a proof. By default where the server accepts proofs, unless access tokens are
 * issued to others: a token bound to a key of this server is of no use to them.
 */
export function usesDpop(
  { dpop, raw_tokens }: Pick<ConnectedAppDescription, 'dpop' | 'raw_tokens'>,
  server: ServerMetadata,
): boolean {
  if (dpop === 'always' || dpop === 'never') return dpop === 'always';
  return raw_tokens === 'nobody' && acceptsDpop(server) === true;
}

/** Handles by key. A handle holds the latest nonces of servers: no request is sent twice while an isolate has them. */
const handles = new Map<string, Promise<oauth.DPoPHandle>>();
const MAX_HANDLES = 1000;

function dpopHandle(key: DpopKey): Promise<oauth.DPoPHandle> {
  const handle = handles.get(key.x) ?? importDpopKeyPair(key).then((pair) => oauth.DPoP({}, pair));
  handles.delete(key.x);
  handles.set(key.x, handle);
  const [oldest] = handles.keys();
  if (handles.size > MAX_HANDLES && oldest !== undefined) handles.delete(oldest);
  return handle;
}

/** The thumbprint that binds a code to the key (RFC 9449 §10). */
export const thumbprintOf = async (key: DpopKey): Promise<string> => (await dpopHandle(key)).calculateThumbprint();

/**
 * Sends a token request with a proof where there is a key; once more with the nonce of its answer, where the server
 * requires one (RFC 9449 §8).
 */
export async function withDpopProof<T>(
  key: DpopKey | undefined,
  request: (options: oauth.DPoPRequestOptions) => Promise<T>,
): Promise<T> {
  if (!key) return request({});
  const options = { DPoP: await dpopHandle(key) };
  try {
    return await request(options);
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return request(options);
  }
}

const MAX_NONCE = 2000;

/** The problem of an answer whose nonce is too long: it would be stored and sent with every request. */
export const nonceProblem = ({ headers }: Response): string | undefined =>
  (headers.get('dpop-nonce')?.length ?? 0) > MAX_NONCE ? 'sent a nonce that is too long' : undefined;

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
