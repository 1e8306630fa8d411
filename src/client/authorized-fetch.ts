/** A request of another Worker to a provider's API, with a token that it never sees. */
import type { PersonId } from '../protocol/credentials.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { OutboundFailure, sendForeign, type Use } from '../web/outbound.ts';
import { type AppDeps, mayBeSentTo } from './connected-apps.ts';
import { enabledApp } from './connections.ts';
import { refuseNonce, sendBound } from './proofs.ts';
import { type Fresh, freshTokens } from './token-cache.ts';

/** Whom the request is for: these two headers, which go no further. */
export const APP = 'postern-app';
const PERSON = 'postern-person';

/** APIs take longer than token endpoints, and answer more. */
const API: Use = {
  budget: 'recorded',
  largest: 100 * 1024 * 1024,
  patience: 25 * SECOND,
  streams: true,
  refuse: refuseNonce,
};

/** A request is read whole, so that it can be sent a second time. */
const LARGEST_REQUEST = 10 * 1024 * 1024;

/** What never goes to a provider: what we add ourselves, what belongs to one hop (RFC 9110 §7.6.1), and cookies. */
const DROPPED =
  /^(postern-|cf-|x-forwarded-|x-real-ip$|authorization$|dpop$|proxy-|cookie$|host$|connection$|keep-alive$|te$|trailer$|transfer-encoding$|upgrade$|content-length$)/;

/**
 * The provider's answer to the request, sent with a fresh token; once more after a refresh where it answers 401.
 * @throws OAuthError not_found, invalid_request, access_denied for an address that tokens of this app may not go to,
 *   and what `freshTokens` throws.
 */
export async function fetchAuthorized(deps: AppDeps, request: Request): Promise<Response> {
  const appId = request.headers.get(APP);
  if (!appId) throw new OAuthError('invalid_request', `the header ${APP} names the connected app.`);
  const app = await enabledApp(deps, appId);
  // Or else whoever may send requests could send the token to themselves.
  if (!mayBeSentTo(app, new URL(request.url)))
    throw new OAuthError('access_denied', `tokens of ${app.id} are not sent to this address; see its setting api.`);
  const body = await readRequest(request);
  const personId = (request.headers.get(PERSON) ?? '') as PersonId | '';
  const fresh = await freshTokens(deps, { app, personId });
  const response = await send(deps, request, body, fresh);
  if (response.status !== 401) return response;
  await response.body?.cancel();
  // A token may be refused before its time: once.
  const refused = fresh.tokens.accessToken;
  return send(deps, request, body, await freshTokens(deps, { app, personId, refused }));
}

async function readRequest(request: Request): Promise<ArrayBuffer | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  const body = await request.arrayBuffer();
  if (body.byteLength > LARGEST_REQUEST)
    throw new OAuthError('too_large', `the request is larger than ${LARGEST_REQUEST} bytes.`);
  return body;
}

async function send(deps: AppDeps, request: Request, body: ArrayBuffer | undefined, { tokens }: Fresh) {
  const { method, url } = request;
  const headers = Object.fromEntries([...request.headers].filter(([name]) => !DROPPED.test(name)));
  const sendWith = (all: Record<string, string>) =>
    sendForeign(deps, url, { method, headers: all, ...(body && { body }) }, API);
  const { accessToken, dpop } = tokens;
  try {
    const response = await (dpop?.isBound
      ? sendBound({ accessToken, key: dpop.key }, { method, url, headers }, sendWith)
      : sendWith({ ...headers, authorization: `Bearer ${accessToken}` }));
    const answer = new Headers(response.headers);
    for (const ours of ['set-cookie', 'dpop-nonce']) answer.delete(ours);
    return new Response(response.body, { status: response.status, headers: answer });
  } catch (cause) {
    if (!(cause instanceof OutboundFailure)) throw cause;
    const headers = { 'Retry-After': '5' };
    throw new OAuthError('temporarily_unavailable', `${cause.message}.`, { cause, headers });
  }
}
