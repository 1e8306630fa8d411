/** Finding out what a server says of itself, and judging whether it may be believed (RFC 8414 §3.3, RFC 9728 §3.3). */
import { fetchProblem } from '../protocol/document-url.ts';
import {
  Endpoints,
  metadataAddresses,
  ResourceMetadata,
  resourceMetadataAddresses,
  ServerMetadata,
} from '../protocol/server-metadata.ts';
import type { Kind } from '../storage/foreign-documents.ts';
import { type DocumentDeps, foreignDocument } from '../web/foreign-document.ts';
import { OutboundFailure } from '../web/outbound.ts';

const LARGEST_METADATA = 64 * 1024;

/** Where it was found, and what it says. */
export type Found<T> = { url: string; metadata: T };

type Will = 'fresh' | 'latest';

/**
 * The metadata of an issuer, from the first place that has it.
 * @throws OutboundFailure that says what was wrong at each place.
 */
export function discoverServer(deps: DocumentDeps, issuer: string, will: Will): Promise<Found<ServerMetadata>> {
  return firstOf(metadataAddresses(issuer), (url) => serverAt(deps, url, issuer, will));
}

/**
 * The metadata at one address. Without an issuer the document names it, and must stand where that issuer's would.
 * @throws OutboundFailure
 */
export function serverAt(
  deps: DocumentDeps,
  url: string,
  issuer: string | undefined,
  will: Will,
): Promise<Found<ServerMetadata>> {
  return documentAt(deps, 'authorization-server', url, will, (json) => {
    const metadata = parseMetadata(ServerMetadata, json);
    // RFC 8414 §3.3: The "issuer" value returned MUST be identical to the authorization server's issuer identifier
    // value into which the well-known URI string was inserted. If these values are not identical, the data contained
    // in the response MUST NOT be used.
    const matches = issuer === undefined ? standsAt(url, metadata.issuer) : metadata.issuer === issuer;
    if (!matches) throw new OutboundFailure(`${url} says that its issuer is ${metadata.issuer}, which it is not`);
    for (const name of Object.keys(Endpoints.shape) as (keyof Endpoints)[]) {
      const problem = metadata[name] && fetchProblem(new URL(metadata[name]), deps.config.isLoopback);
      if (problem) throw new OutboundFailure(`the ${name} of ${url} cannot be used: ${problem}`);
    }
    return metadata;
  });
}

const standsAt = (url: string, issuer: string) => URL.canParse(issuer) && metadataAddresses(issuer).includes(url);

/**
 * The metadata of a resource: where its challenge says, else where it is by rule.
 * @throws OutboundFailure
 */
export function discoverResource(
  deps: DocumentDeps,
  resource: string,
  challenged: string | undefined,
  will: Will,
): Promise<Found<ResourceMetadata>> {
  const addresses = challenged === undefined ? resourceMetadataAddresses(resource) : [challenged];
  return firstOf(addresses, (url) =>
    documentAt(deps, 'protected-resource', url, will, (json) => {
      const metadata = parseMetadata(ResourceMetadata, json);
      // RFC 9728 §3.3: the "resource" value MUST be identical to the identifier. Servers in the wild describe with one
      // document everything below an address of theirs, so an ancestor will do; another place never.
      if (!holds(metadata.resource, resource))
        throw new OutboundFailure(`${url} describes ${metadata.resource}, which is not ${resource}`);
      return metadata;
    }),
  );
}

/** Whether a resource is the one that was asked for, or an ancestor of it on the same origin. */
export function holds(resource: string, asked: string): boolean {
  if (!URL.canParse(resource)) return false;
  const [outer, inner] = [new URL(resource), new URL(asked)];
  const folder = (path: string) => (path.endsWith('/') ? path : `${path}/`);
  return outer.origin === inner.origin && folder(inner.pathname).startsWith(folder(outer.pathname));
}

function parseMetadata<T>(
  schema: {
    safeParse: (json: unknown) => { success: boolean; data?: T; error?: { issues: { path: PropertyKey[] }[] } };
  },
  json: unknown,
): T {
  const { data, error } = schema.safeParse(json);
  if (data !== undefined) return data;
  const field = error?.issues[0]?.path.join('.');
  throw new OutboundFailure(`what stands there is not metadata${field ? ` (${field})` : ''}`);
}

async function documentAt<T>(deps: DocumentDeps, kind: Kind, url: string, will: Will, parse: (json: unknown) => T) {
  const { content } = await foreignDocument(deps, {
    ...{ kind, url, largest: LARGEST_METADATA, parse, will },
    // What is only looked at again is of a server that was looked at before.
    isRecorded: will === 'fresh',
  });
  return { url, metadata: content };
}

async function firstOf<T>(addresses: string[], ask: (url: string) => Promise<T>): Promise<T> {
  const failures: string[] = [];
  for (const url of addresses) {
    try {
      return await ask(url);
    } catch (error) {
      if (!(error instanceof OutboundFailure)) throw error;
      failures.push(`${url}: ${error.message}`);
    }
  }
  throw new OutboundFailure(`no metadata was found (${failures.join('; ')})`);
}
