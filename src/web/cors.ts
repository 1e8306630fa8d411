/** CORS: documents are for everybody; the token endpoint and the APIs only for origins that an administrator listed. */
import type { Context, MiddlewareHandler } from 'hono';
import { listClientOrigins } from '../storage/clients.ts';
import type { Web } from './context.ts';

const REQUEST_HEADERS =
  'authorization, content-type, dpop, idempotency-key, if-match, if-none-match, mcp-protocol-version';
const EXPOSED_HEADERS = 'WWW-Authenticate, DPoP-Nonce, ETag, Retry-After';
const PREFLIGHT_SECONDS = 86_400;

/** Metadata and keys: any origin, never credentials. */
export const openCors: MiddlewareHandler<Web> = async function openCors(c, next) {
  if (c.req.method === 'OPTIONS') return preflight('*');
  await next();
  c.res.headers.set('Access-Control-Allow-Origin', '*');
};

/** The setting's origins, and those of the client that the request proves to be. */
export const listedCors: MiddlewareHandler<Web> = async function listedCors(c, next) {
  const origin = c.req.header('origin');
  // Browsers send it for our own pages, too.
  if (origin === undefined || origin === c.get('deps').config.issuer) {
    if (c.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: { Vary: 'Origin' } });
    await next();
    c.res.headers.append('Vary', 'Origin');
    return;
  }
  const deps = c.get('deps');
  const listed = parseOrigins((await deps.settings()).allowed_public_client_origins);
  if (c.req.method === 'OPTIONS') {
    // A preflight names no client: it is answered from the union.
    const union = allows(listed, origin) || (await listClientOrigins(deps.databases, deps.moment.now)).includes(origin);
    return union ? preflight(origin) : refusePreflight(c, origin);
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

function preflight(origin: string): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
      'Access-Control-Allow-Headers': REQUEST_HEADERS,
      'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
      Vary: 'Origin',
    },
  });
}

function refusePreflight(c: Context<Web>, origin: string): Response {
  reportRefusal(c, origin);
  return new Response(null, { status: 204, headers: { Vary: 'Origin' } });
}

/** Origins as people type them, one on a line, in the form that browsers send; what is none is left out. */
export function parseOrigins(lines: string): string[] {
  return lines
    .split(/[\s,]+/)
    .map((line) => (line === '*' ? line : normaliseOrigin(line)))
    .filter((origin) => origin !== undefined);
}

/** Scheme, host and port, in lower case, without a path; undefined for what is not an http origin. */
export function normaliseOrigin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}

function allows(listed: string[], origin: string): boolean {
  return listed.includes('*') || listed.includes(origin);
}

const reported = new Map<string, number>();

/** A refused origin is worth a line a minute: a page that retries would drown the log. */
function reportRefusal(c: Context<Web>, origin: string): void {
  const { now, requestId } = c.get('deps').moment;
  if (now - (reported.get(origin) ?? 0) < 60_000) return;
  if (reported.size > 1000) reported.clear();
  reported.set(origin, now);
  const add = normaliseOrigin(origin) ?? origin.slice(0, 200);
  console.warn(
    JSON.stringify({
      request_id: requestId,
      refused_origin: origin.slice(0, 200),
      setting: 'allowed_public_client_origins',
      hint: `To let pages of ${add} call this server, add this line to the setting allowed_public_client_origins: ${add}`,
    }),
  );
}
