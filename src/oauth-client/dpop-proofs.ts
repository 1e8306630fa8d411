/**
 * DPoP as a client (RFC 9449): proofs by the key of a connection, at the token endpoint and the API, with the nonces that
 * servers require.
 */
import * as oauth from 'oauth4webapi';
import { DPOP_ALGORITHM, type DpopKey, importDpopKeyPair } from '../crypto/dpop-key.ts';
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
export const MAX_HANDLES = 1000;

export function dpopHandle(key: DpopKey): Promise<oauth.DPoPHandle> {
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
