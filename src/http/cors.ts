/** CORS: metadata for any origin; protocol endpoints and APIs for origins that an administrator allowed. */
import type { Context, MiddlewareHandler } from 'hono';
import { isOrigin, parseOrigins } from '../protocol/origin.ts';
import { listClientOrigins } from '../storage/clients/clients.ts';
import type { Web } from './context.ts';

/** Fetch, CORS protocol: the wildcard does not cover Authorization, which is named beside it. */
const ANY_HEADER = '*, Authorization';
const EXPOSED_HEADERS = 'WWW-Authenticate, DPoP-Nonce, ETag, Retry-After';
const PREFLIGHT_SECONDS = 86_400;

/** Metadata and keys: any origin, never credentials. */
export const publicCors: MiddlewareHandler<Web> = async function openCors(c, next) {
  if (c.req.method === 'OPTIONS') return preflight('*', ANY_HEADER);
  await next();
  c.res.headers.set('Access-Control-Allow-Origin', '*');
};

/** Protocol endpoints and APIs: the origins of the setting, and those of the authenticated client. */
export const allowListCors: MiddlewareHandler<Web> = async function listedCors(c, next) {
  const origin = c.req.header('origin');
  // Browsers send Origin from this server's own pages, too.
  if (origin === undefined || origin === c.get('deps').config.issuer) {
    if (c.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: { Vary: 'Origin' } });
    await next();
    c.res.headers.append('Vary', 'Origin');
    return;
  }
  const deps = c.get('deps');
  const listed = parseOrigins((await deps.settings()).allowed_public_client_origins);
  if (c.req.method === 'OPTIONS') {
    // A preflight names no client: the allowed origins of all clients apply.
    const union = allows(listed, origin) || (await listClientOrigins(deps.databases, deps.moment.now)).includes(origin);
    return union ? preflight(origin, requestedHeaders(c)) : refusePreflight(c, origin);
  }
  await next();
  c.res.headers.append('Vary', 'Origin');
  if (allows(listed, origin) || c.get('clientOrigins').includes(origin)) {
    c.res.headers.set('Access-Control-Allow-Origin', origin);
    c.res.headers.set('Access-Control-Expose-Headers', EXPOSED_HEADERS);
  } else {
    reportRefusal(c, origin);
  }
};

/**
 * The requested header names, all of which are allowed: tracing and instrumentation add their own. Empty for a
 * malformed or too long list.
 */
function requestedHeaders(c: Context<Web>): string {
  const names = c.req.header('access-control-request-headers') ?? '';
  return names.length <= 1000 && /^[\w!#$%&'*+.^`|~-]+(?:\s*,\s*[\w!#$%&'*+.^`|~-]+)*$/.test(names) ? names : '';
}

function preflight(origin: string, headers: string): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
      'Access-Control-Allow-Headers': headers,
      'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
      Vary: 'Origin, Access-Control-Request-Headers',
    },
  });
}

function refusePreflight(c: Context<Web>, origin: string): Response {
  reportRefusal(c, origin);
  return new Response(null, { status: 204, headers: { Vary: 'Origin' } });
}

function allows(listed: string[], origin: string): boolean {
  return listed.includes('*') || listed.includes(origin);
}

const lastReportedAt = new Map<string, number>();

/** Logs a refused origin, at most once a minute: a page may retry continuously. */
function reportRefusal(c: Context<Web>, origin: string): void {
  const { now, requestId } = c.get('deps').moment;
  if (now - (lastReportedAt.get(origin) ?? 0) < 60_000) return;
  if (lastReportedAt.size > 1000) lastReportedAt.clear();
  lastReportedAt.set(origin, now);
  const setting = 'allowed_public_client_origins';
  // Sandboxed pages and files have the origin "null", which any page can take: it is never allowed.
  const hint = isOrigin(origin)
    ? `To let pages of ${origin} call this server, add this line to the setting ${setting}: ${origin}`
    : 'This origin cannot be allowed: serve the page from an origin of its own.';
  console.warn(JSON.stringify({ request_id: requestId, refused_origin: origin.slice(0, 200), setting, hint }));
}
