/** The guard of a plain `fetch` handler, and the judgement that every form of it shares. */
import { OAuthError } from '../protocol/oauth-error.ts';
import { admit, demandScopes, NoCredentials } from './admit.ts';
import { isChallenged, metadataAddress, writeChallenge } from './challenge.ts';
import { publishedKeys } from './issuer-tokens.ts';
import { factsOf, type GuardOptions, type Protection, protectionOf } from './options.ts';
import type { Principal, TokenVerifier } from './principal.ts';
import { resourceDocument } from './resource-document.ts';
import { schemeNameOf } from './schemes.ts';
import { withIncluded } from './scope-hierarchy.ts';

/** Either whom the request speaks for, or the answer that refuses it. */
export type Judgement = { principal: Principal; refusal?: undefined } | { principal?: undefined; refusal: Response };

/** Judges a request by its token. What the options need of `scopes` may differ from one operation to the next. */
export async function check(request: Request, options: GuardOptions): Promise<Judgement> {
  const protection = protectionOf(options);
  const { schemes, audiences, scopes, hierarchy } = protection;
  try {
    const verifier = verifierOf(protection);
    return { principal: await admit(request, { schemes, verifier, audiences, scopes, hierarchy }) };
  } catch (thrown) {
    return { refusal: refuse(thrown, protection, schemeNameOf(request)) };
  }
}

/**
 * For an operation that shows what it needs only when its body was read, such as a tool of an MCP server.
 * @returns the 403 that asks for every scope in `options`, or undefined where the principal has them all.
 */
export function stepUp(principal: Principal, options: GuardOptions): Response | undefined {
  const protection = protectionOf(options);
  try {
    const scopes = withIncluded(principal.scopes, protection.hierarchy ?? {});
    demandScopes({ ...principal, scopes }, protection.scopes);
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

/** A `fetch` handler that is asked only for requests that may come in; the resource's description is public. */
export function protect<Env = unknown, Context = unknown>(
  options: GuardOptions,
  handler: ProtectedHandler<Env, Context>,
): (request: Request, env: Env, context: Context) => Promise<Response> {
  return async function guarded(request, env, context) {
    const description = describe(request, options);
    if (description) return description;
    const { principal, refusal } = await check(request, options);
    return refusal ?? handler(request, principal, env, context);
  };
}

/** The resource's own document (RFC 9728 §3), for any origin; undefined where the request asks for something else. */
export function describe(request: Request, options: GuardOptions): Response | undefined {
  const protection = protectionOf(options);
  const { pathname } = new URL(request.url);
  if (pathname !== new URL(metadataAddress(protection.resource)).pathname) return undefined;
  const headers = { 'Access-Control-Allow-Origin': '*', Allow: 'GET, HEAD, OPTIONS' };
  if (request.method === 'OPTIONS') {
    const preflight = { 'Access-Control-Allow-Headers': 'mcp-protocol-version', 'Access-Control-Max-Age': '86400' };
    return new Response(null, { status: 204, headers: { ...headers, ...preflight } });
  }
  if (!['GET', 'HEAD'].includes(request.method)) return new Response(null, { status: 405, headers });
  const document = Response.json(resourceDocument(factsOf(protection)), {
    headers: { ...headers, 'Cache-Control': 'public, max-age=300' },
  });
  return request.method === 'HEAD' ? new Response(null, document) : document;
}

/** The answer to a failure. @throws whatever is not a refusal. */
function refuse(thrown: unknown, { schemes, resource, realm }: Protection, used: string | undefined): Response {
  if (!(thrown instanceof NoCredentials || thrown instanceof OAuthError)) throw thrown;
  const headers = new Headers({
    'Cache-Control': 'no-store',
    // A page on another origin finds its way from the challenge; whether it may call is for the resource to say.
    'Access-Control-Expose-Headers': 'WWW-Authenticate, DPoP-Nonce, Retry-After',
    ...(thrown instanceof OAuthError ? thrown.headers : {}),
  });
  if (isChallenged(thrown)) {
    const facts = { schemes, used, realm, resourceMetadata: metadataAddress(resource) };
    headers.set('WWW-Authenticate', writeChallenge(thrown, facts));
  }
  if (thrown instanceof NoCredentials) return Response.json({}, { status: 401, headers });
  const { code: error, description: error_description, status } = thrown;
  return Response.json({ error, error_description }, { status, headers });
}

function verifierOf(protection: Protection): TokenVerifier {
  return protection.revocation === 'immediate' ? protection.verifier : publishedKeys(protection.issuer);
}
