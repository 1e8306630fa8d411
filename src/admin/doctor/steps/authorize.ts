/** Step 6: the authorization endpoint (RFC 6749 §4.1.1), and with a user its response. */
import { sha256 } from '../../../crypto/digest.ts';
import { randomText } from '../../../crypto/random.ts';
import { describe, isRedirect, type ProbeResponse } from '../probe.ts';
import { CONTROL_USER_AGENT, isUnusable, type Walk } from '../walk.ts';
import { scopeOf } from './registration.ts';

/** An id that no server has issued. */
const UNKNOWN_CLIENT = 'postern-doctor-unknown-client';

export async function checkAuthorizationEndpoint(walk: Walk): Promise<string | undefined> {
  const { known } = walk;
  const request = authorizationRequest(walk);
  const answer = await open(walk, request.url);
  if (!answer || !isReached(walk, answer)) return undefined;
  const redirect = redirectOf(walk, answer);
  if (!known.client) {
    if (redirect) walk.found('open-redirect', `${describe(answer)} for an unknown client`);
    return 'only that it answers: a request needs a client (--register or --client-id)';
  }
  if (redirect?.searchParams.has('error')) checkError(walk, redirect);
  else if (answer.status >= 400) walk.found('authorize-refused', `${describe(answer)}: ${textOf(answer)}`);
  else if (walk.signsIn) await signIn(walk, request);
  return undefined;
}

type Request = { url: URL; verifier: string; state: string };

/** @param withResource false for a token of another audience. */
export function authorizationRequest(walk: Walk, withResource = true): Request {
  const { known, redirectUri } = walk;
  const [verifier, state, scope] = [randomText(43), randomText(22), scopeOf(known)];
  const url = new URL(String(known.server?.authorization_endpoint));
  const parameters = {
    response_type: 'code',
    client_id: known.client?.id ?? UNKNOWN_CLIENT,
    redirect_uri: redirectUri,
    state,
    code_challenge: sha256(verifier),
    code_challenge_method: 'S256',
    ...(scope && { scope }),
    ...(withResource && typeof known.resource?.resource === 'string' && { resource: known.resource.resource }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url, verifier, state };
}

/** As a browser does: bot rules that a user can pass are no fault here. */
async function open(walk: Walk, url: URL): Promise<ProbeResponse | undefined> {
  const headers = { 'User-Agent': CONTROL_USER_AGENT, Accept: 'text/html' };
  try {
    return await walk.send(url.href, { method: 'GET', headers });
  } catch (error) {
    walk.found('unreachable', `GET ${url.origin}${url.pathname}: ${(error as Error).message}`);
    return undefined;
  }
}

function isReached(walk: Walk, answer: ProbeResponse): boolean {
  if (answer.headers.has('cf-mitigated')) return false;
  if (answer.status === 404 || answer.status === 405) {
    walk.found('authorize-not-found', describe(answer));
    return false;
  }
  return isRedirect(answer) || !isUnusable(walk, answer);
}

/** The redirect to the client, where the answer is one. */
function redirectOf({ redirectUri }: Walk, answer: ProbeResponse): URL | undefined {
  const location = answer.headers.get('location');
  if (!isRedirect(answer) || location === null || !location.startsWith(redirectUri)) return undefined;
  return URL.canParse(location) ? new URL(location) : undefined;
}

/** Errors that say only that the user must take part (OpenID Connect Core 1.0 §3.1.2.6). */
const NEEDS_USER = ['login_required', 'consent_required', 'interaction_required', 'account_selection_required'];

function checkError(walk: Walk, { searchParams }: URL): void {
  checkIss(walk, searchParams.get('iss'));
  const error = searchParams.get('error') ?? '';
  const description = searchParams.get('error_description') ?? '';
  if (!NEEDS_USER.includes(error)) walk.found('authorize-error', `error=${error}: ${description.slice(0, 300)}`);
}

/** RFC 9207 §2.4, and MCP 2026-07-28, Authorization Response Validation: no normalisation. */
function checkIss(walk: Walk, iss: string | null): void {
  const { server, issuer } = walk.known;
  const isPromised = server?.authorization_response_iss_parameter_supported === true;
  if (iss === null && isPromised) walk.found('iss-missing', 'the authorization response has no iss');
  else if (iss !== null && iss !== server?.issuer && iss !== issuer)
    walk.found('iss-differs', `iss is "${iss}", the issuer is "${issuer}"`);
}

async function signIn(walk: Walk, request: Request): Promise<void> {
  const code = await codeOf(walk, request);
  if (code !== undefined) walk.known.code = { code, verifier: request.verifier };
}

/** Sends the user there, and validates the response. */
export async function codeOf(walk: Walk, { url, state }: Request): Promise<string | undefined> {
  const callback = await walk.options.signIn?.authorize(url);
  if (!callback) return undefined;
  const { searchParams } = callback;
  if (searchParams.has('error')) {
    checkError(walk, callback);
    return undefined;
  }
  checkIss(walk, searchParams.get('iss'));
  if (searchParams.get('state') !== state)
    walk.found('state-differs', `state is ${searchParams.get('state') ?? 'missing'}`);
  return searchParams.get('code') ?? undefined;
}

/** The text of a page, for the report. */
const textOf = ({ body }: ProbeResponse) =>
  body
    .replaceAll(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
