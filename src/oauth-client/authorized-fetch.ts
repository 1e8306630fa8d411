/** A request of another Worker to a provider's API, with a token that it never sees. */

import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import { type OutboundLimits, safeSend } from '../http/outbound/safe-fetch.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { type AppDeps, isApiAddress } from './connected-apps.ts';
import { connectionUser, enabledApp } from './connections.ts';
import { sendWithDpop } from './dpop-api-request.ts';
import { nonceProblem } from './dpop-proofs.ts';
import { validTokens } from './token-cache.ts';
import type { ValidTokens } from './token-refresh.ts';

/** The headers that name the connected app and the user; they are not forwarded. */
export const APP_HEADER = 'postern-app';
export const USER_HEADER = 'postern-user';

/** Limits for APIs, which answer slower and more than token endpoints. */
const API: OutboundLimits = {
  budget: 'recorded',
  maxBytes: 100 * 1024 * 1024,
  timeout: 25 * SECOND,
  streams: true,
  refuse: nonceProblem,
};

/** Bytes of a request, which is buffered so that it can be sent again. */
const MAX_REQUEST = 10 * 1024 * 1024;

/** Headers that are not forwarded: those of this server, hop-by-hop headers (RFC 9110 §7.6.1), and cookies. */
const DROPPED =
  /^(postern-|cf-|x-forwarded-|x-real-ip$|authorization$|dpop$|proxy-|cookie$|host$|connection$|keep-alive$|te$|trailer$|transfer-encoding$|upgrade$|content-length$)/;

/**
 * The provider's answer to the request, sent with a fresh token; once more after a refresh where it answers 401.
 * @throws OAuthError not_found, invalid_request, access_denied for an address that tokens of this app may not go to,
 *   and what `freshTokens` throws.
 */
export async function fetchAuthorized(deps: AppDeps, request: Request): Promise<Response> {
  const appId = request.headers.get(APP_HEADER);
  if (!appId) throw new OAuthError('invalid_request', `the header ${APP_HEADER} names the connected app.`);
  const app = await enabledApp(deps, appId);
  // Otherwise a caller could send the token to an address of its own.
  if (!isApiAddress(app, new URL(request.url)))
    throw new OAuthError('access_denied', `tokens of ${app.id} are not sent to this address; see its setting api.`);
  const body = await readRequest(request);
  const userId = connectionUser(request.headers.get(USER_HEADER) ?? '');
  const fresh = await validTokens(deps, { app, userId });
  const response = await send(deps, request, body, fresh);
  if (response.status !== 401) return response;
  await response.body?.cancel();
  // A token may be revoked before it expires: one more attempt.
  const refused = fresh.tokens.accessToken;
  return send(deps, request, body, await validTokens(deps, { app, userId, refused }));
}

async function readRequest(request: Request): Promise<ArrayBuffer | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  const body = await request.arrayBuffer();
  if (body.byteLength > MAX_REQUEST)
    throw new OAuthError('too_large', `the request is larger than ${MAX_REQUEST} bytes.`);
  return body;
}

async function send(deps: AppDeps, request: Request, body: ArrayBuffer | undefined, { tokens }: ValidTokens) {
  const { method, url } = request;
  const headers = Object.fromEntries([...request.headers].filter(([name]) => !DROPPED.test(name)));
  const sendWith = (all: Record<string, string>) =>
    safeSend(deps, url, { method, headers: all, ...(body && { body }) }, API);
  const { accessToken, dpop } = tokens;
  try {
    const response = await (dpop?.isBound
      ? sendWithDpop({ accessToken, key: dpop.key }, { method, url, headers }, sendWith)
      : sendWith({ ...headers, authorization: `Bearer ${accessToken}` }));
    const answer = new Headers(response.headers);
    for (const name of ['set-cookie', 'dpop-nonce']) answer.delete(name);
    return new Response(response.body, { status: response.status, headers: answer });
  } catch (cause) {
    if (!(cause instanceof OutboundFailure)) throw cause;
    const headers = { 'Retry-After': '5' };
    throw new OAuthError('temporarily_unavailable', `${cause.message}.`, { cause, headers });
  }
}
