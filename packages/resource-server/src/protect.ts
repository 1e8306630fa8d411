/** The guard of a plain `fetch` handler, and the validation that all guards share. */
import { WELL_KNOWN } from '../../../src/protocol/endpoints.ts';
import { errorResponse } from '../../../src/protocol/error-parameters.ts';
import { OAuthError } from '../../../src/protocol/oauth-error.ts';
import { admitRequest, demandScopes, NoCredentials } from './admit.ts';
import { isChallenged, metadataAddress, writeChallenge } from './challenge.ts';
import { type GuardOptions, type Protection, protectionOf, resourceFactsOf } from './options.ts';
import type { Principal } from './principal.ts';
import { refusedBecause, tell } from './refused.ts';
import { resourceDocument } from './resource-document.ts';
import { schemeNameOf } from './schemes.ts';
import { grantedScopes, withIncluded } from './scope-hierarchy.ts';

/** The principal of the request, or the response that refuses it. */
export type Judgement = { principal: Principal; refusal?: undefined } | { principal?: undefined; refusal: Response };

/** Validates the token of a request. `scopes` of the options may differ between operations. */
export async function check(request: Request, options: GuardOptions): Promise<Judgement> {
  const protection = protectionOf(options);
  try {
    return { principal: await admitRequest(request, protection) };
  } catch (thrown) {
    const refused = refusedBecause(thrown, protection.issuer);
    if (refused) tell(protection.onRefusal, refused);
    return { refusal: refuse(thrown, protection, schemeNameOf(request)) };
  }
}

/**
 * Checks scopes within a handler, for operations that the body names, such as a tool of an MCP server.
 * @returns the 403 with all scopes of `options` and of the token, or undefined where the token has them.
 */
export function stepUp(principal: Principal, options: GuardOptions): Response | undefined {
  const protection = protectionOf(options);
  return demandFurther(principal, protection, protection.scopes);
}

/** @returns the 403 where the principal lacks one of these scopes: it names all of them, and those that the token has. */
export function demandFurther(
  principal: Principal,
  protection: Protection,
  needed: readonly string[],
): Response | undefined {
  try {
    const { hierarchy = {} } = protection;
    const scopes = withIncluded(principal.scopes, hierarchy);
    demandScopes({ ...principal, scopes }, needed, () => grantedScopes(scopes, hierarchy));
    return undefined;
  } catch (thrown) {
    return refuse(thrown, protection, principal.confirmation === undefined ? 'Bearer' : 'DPoP');
  }
}

export type ProtectedHandler<Env, Context> = (
  request: Request,
  principal: Principal,
  env: Env,
  context: Context,
) => Response | Promise<Response>;

/** Wraps a `fetch` handler: it receives authorized requests only; the protected resource metadata is public. */
export function protect<Env = unknown, Context = unknown>(
  options: GuardOptions,
  handler: ProtectedHandler<Env, Context>,
): (request: Request, env: Env, context: Context) => Promise<Response> {
  // Invalid options fail at the start of the Worker, not at its first request.
  protectionOf(options);
  return async function guarded(request, env, context) {
    const description = describeResource(request, options);
    if (description) return description;
    const { principal, refusal } = await check(request, options);
    return refusal ?? handler(request, principal, env, context);
  };
}

/** The protected resource metadata (RFC 9728 §3), for any origin; undefined for requests to other paths. */
export function describeResource(request: Request, options: GuardOptions): Response | undefined {
  const protection = protectionOf(options);
  // Nearly every request is for something else: its address is not worth parsing.
  if (!request.url.includes(WELL_KNOWN.protectedResource)) return undefined;
  const { pathname } = new URL(request.url);
  if (pathname !== new URL(metadataAddress(protection.resource)).pathname) return undefined;
  const headers = { 'Access-Control-Allow-Origin': '*', Allow: 'GET, HEAD, OPTIONS' };
  if (request.method === 'OPTIONS') {
    const preflight = { 'Access-Control-Allow-Headers': 'mcp-protocol-version', 'Access-Control-Max-Age': '86400' };
    return new Response(null, { status: 204, headers: { ...headers, ...preflight } });
  }
  if (!['GET', 'HEAD'].includes(request.method)) return new Response(null, { status: 405, headers });
  const document = Response.json(resourceDocument(resourceFactsOf(protection)), {
    headers: { ...headers, 'Cache-Control': 'public, max-age=300' },
  });
  return request.method === 'HEAD' ? new Response(null, document) : document;
}

/** The response to a refusal. @throws every other error. */
function refuse(thrown: unknown, { schemes, resource, realm }: Protection, used: string | undefined): Response {
  if (!(thrown instanceof NoCredentials || thrown instanceof OAuthError)) throw thrown;
  const response = errorResponse(thrown);
  // Pages of other origins read the challenge; the resource itself decides on CORS.
  response.headers.set('Access-Control-Expose-Headers', 'WWW-Authenticate, DPoP-Nonce, Retry-After');
  if (isChallenged(thrown)) {
    const facts = { schemes, used, realm, resourceMetadata: metadataAddress(resource) };
    response.headers.set('WWW-Authenticate', writeChallenge(thrown, facts));
  }
  return response;
}
