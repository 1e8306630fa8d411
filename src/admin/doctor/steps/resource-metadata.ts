/** Step 2: the metadata of the protected resource, named by the challenge or at its well-known addresses (RFC 9728 §3). */
import { OFFLINE_ACCESS } from '../../../protocol/scope-names.ts';
import { resourceMetadataUrls } from '../../../protocol/server-metadata.ts';
import { withoutSlash } from '../../../protocol/without-slash.ts';
import type { Metadata } from '../knowledge.ts';
import { describe, isJsonType, objectOf, type ProbeResponse } from '../probe.ts';
import { isUnusable, type Walk } from '../walk.ts';

export async function checkResourceMetadata(walk: Walk): Promise<undefined> {
  if (walk.profile.discovery === 'origin') return;
  const document = await findDocument(walk);
  if (!document) return;
  walk.known.resource = document;
  checkResource(walk, document.resource);
  checkServers(walk, document.authorization_servers);
  checkMembers(walk, document);
  await readFirstWellKnown(walk);
}

const revisionHeader = ({ profile }: Walk) => ({ 'MCP-Protocol-Version': profile.revision });

/** The document that this client uses: that of the challenge, else the first of the well-known addresses. */
async function findDocument(walk: Walk): Promise<Metadata | undefined> {
  const { resourceMetadataUrl } = walk.known;
  const addresses = resourceMetadataUrl ? [resourceMetadataUrl] : resourceMetadataUrls(walk.url);
  const missing: string[] = [];
  for (const address of addresses) {
    const answer = await walk.get(address, revisionHeader(walk));
    if (!answer) return undefined;
    if (answer.status === 404 || answer.status === 410) missing.push(describe(answer));
    else return read(walk, answer);
  }
  walk.found('resource-metadata-not-found', missing.join('; '));
  return undefined;
}

function read(walk: Walk, answer: ProbeResponse): Metadata | undefined {
  if (isUnusable(walk, answer)) return undefined;
  if (answer.status !== 200) return void walk.found('resource-metadata-refused', describe(answer));
  const document = objectOf(answer);
  if (!document || !isJsonType(answer)) {
    walk.found('resource-metadata-not-json', `${describe(answer)}: ${answer.body.slice(0, 80)}`);
    return undefined;
  }
  walk.known.resourceDocumentUrl = answer.url;
  return document;
}

/** RFC 9728 §3.3: identical to the URL that the client used; SDKs also take a URL with which that begins. */
function checkResource(walk: Walk, resource: unknown): void {
  const at = walk.known.resourceDocumentUrl;
  if (typeof resource !== 'string' || !URL.canParse(resource)) {
    walk.found('resource-missing', `${at}: resource is ${JSON.stringify(resource) ?? 'missing'}`);
    return;
  }
  const [named, used] = [new URL(resource).href, new URL(walk.url).href];
  if (resource === walk.url || (named === used && walk.profile.resource !== 'exact')) return;
  const seen = `${at}: resource is "${resource}", the address used is "${walk.url}"`;
  if (withoutSlash(named) === withoutSlash(used)) {
    // A path of "/" alone is no difference of the resource: every client adds or drops it.
    if (new URL(used).pathname !== '/') walk.found('resource-differs-by-slash', seen);
  } else if (`${used}/`.startsWith(`${withoutSlash(named)}/`)) {
    // A document at the root is that of the origin, which it names.
    const isOfOrigin = at === resourceMetadataUrls(named)[0];
    walk.found(isOfOrigin ? 'resource-is-origin' : 'resource-is-parent', seen);
  } else walk.found('resource-differs', seen);
}

function checkServers(walk: Walk, servers: unknown): void {
  const at = walk.known.resourceDocumentUrl;
  const [first] = Array.isArray(servers) ? servers : [];
  if (first === undefined) {
    walk.found('no-authorization-servers', `${at}: authorization_servers is ${JSON.stringify(servers) ?? 'missing'}`);
    return;
  }
  if (!isIssuer(first, walk.url)) {
    walk.found('authorization-server-invalid', `${at}: authorization_servers begins with ${JSON.stringify(first)}`);
    return;
  }
  walk.known.issuer = first;
}

/** RFC 8414 §2: https, no query, no fragment; http only beside an MCP server that is http itself. */
function isIssuer(value: unknown, url: string): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, search, hash, pathname } = new URL(value);
  const isSecure = protocol === 'https:' || (protocol === 'http:' && url.startsWith('http:'));
  return isSecure && !search && !hash && !pathname.includes('/.well-known/');
}

function checkMembers(walk: Walk, document: Metadata): void {
  const at = walk.known.resourceDocumentUrl;
  const { bearer_methods_supported: methods, scopes_supported: scopes } = document;
  if (Array.isArray(methods) && !methods.includes('header'))
    walk.found('header-not-supported', `${at}: bearer_methods_supported is ${JSON.stringify(methods)}`);
  if (Array.isArray(scopes) && scopes.includes(OFFLINE_ACCESS))
    walk.found('offline-access-in-resource', `${at}: scopes_supported is ${JSON.stringify(scopes)}`);
}

/** The first well-known address, beside the one that the challenge named. */
async function readFirstWellKnown(walk: Walk): Promise<void> {
  const [address = ''] = resourceMetadataUrls(walk.url);
  if (address === walk.known.resourceDocumentUrl) return;
  const answer = await walk
    .send(address, { method: 'GET', headers: { Accept: 'application/json' } })
    .catch(() => undefined);
  if (answer && answer.status !== 200) walk.found('no-path-form', describe(answer));
}
