/**
 * The public documents that this isolate sent: while what a document is made from is unchanged, the same response is sent
 * again, without the middleware that made it.
 */
import type { Bindings } from '../config.ts';
import { randomText } from '../crypto/random.ts';
import { ENDPOINTS } from '../protocol/endpoints.ts';
import type { ResourceRegistry } from '../protocol/resource.ts';
import type { Settings } from '../protocol/settings.ts';
import { cachedRegistry } from '../storage/server/resources.ts';
import { cachedSettings } from '../storage/server/settings.ts';
import { logDocument } from './request-log.ts';

/** The settings and resources that a document is made from. */
type Source = { settings?: Settings; registry?: ResourceRegistry };

type SentDocument = Source & { path: string; body: string; headers: Headers };

/** Documents of one configuration; each path of a resource is another. */
const MOST = 100;

/** By address: a server on loopback answers at no other host. */
const sent = new WeakMap<Bindings, Map<string, SentDocument>>();

/** The response to the same request as before; undefined where it has to be made. */
export function sentDocument(request: Request, env: Bindings): Response | undefined {
  const known = sent.get(env)?.get(request.url);
  if (!known || !isPlain(request)) return undefined;
  const now = Date.now();
  const source = sourceOf(known.path, now);
  return source && isSame(known, source) ? responseOf(known, now) : undefined;
}

/** Makes the response for a document, and remembers it. @param path the path of its address. */
export async function makeDocument(
  request: Request,
  env: Bindings,
  path: string,
  make: () => Response | Promise<Response>,
): Promise<Response> {
  const before = isPlain(request) ? sourceOf(path, Date.now()) : undefined;
  const response = await make();
  const after = before && sourceOf(path, Date.now());
  // Made of what changed meanwhile, it would be outdated.
  if (response.status !== 200 || !after || !isSame(before, after)) return response;
  const { headers } = response;
  const body = await response.text();
  remember(env, request.url, { ...after, path, body, headers: new Headers(headers) });
  return new Response(body, { headers });
}

/** True for a request whose answer depends on its address alone: no condition (RFC 9110 §13), no browser's page. */
const isPlain = ({ method, url, headers }: Request): boolean =>
  method === 'GET' &&
  !url.includes('?') &&
  !headers.has('if-none-match') &&
  !headers.get('accept')?.includes('text/html');

/** Undefined where this isolate holds no settings. The keys are of the configuration alone. */
function sourceOf(path: string, now: number): Source | undefined {
  if (path === ENDPOINTS.jwks_uri) return {};
  const [settings, registry] = [cachedSettings(now), cachedRegistry(now)];
  return settings && registry && { settings, registry };
}

const isSame = (a: Source, b: Source): boolean => a.settings === b.settings && a.registry === b.registry;

function remember(env: Bindings, address: string, document: SentDocument): void {
  let documents = sent.get(env);
  if (!documents || documents.size >= MOST) {
    documents = new Map();
    sent.set(env, documents);
  }
  documents.set(address, document);
}

function responseOf({ body, headers, path }: SentDocument, now: number): Response {
  const requestId = randomText(16);
  const response = new Response(body, { headers });
  response.headers.set('X-Request-Id', requestId);
  logDocument({ requestId, now }, path);
  return response;
}
