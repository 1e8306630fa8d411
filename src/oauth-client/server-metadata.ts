/** Discovery and validation of authorization server metadata (RFC 8414 §3.3). */
import type { DocumentDeps } from '../http/outbound/external-document.ts';
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import { JSON_TYPES } from '../http/outbound/safe-fetch.ts';
import { fetchProblem } from '../protocol/document-url.ts';
import {
  Endpoints,
  type MetadataKind,
  MULTI_TENANT_NAMES,
  matchesIssuer,
  metadataKindOf,
  metadataUrls,
  ServerMetadata,
  TENANT_PLACEHOLDER,
} from '../protocol/server-metadata.ts';
import { keysOf } from '../protocol/table.ts';
import {
  type DiscoveredServer,
  type Freshness,
  fetchDocument,
  firstDocument,
  parseMetadata,
} from './metadata-document.ts';

/** Metadata, with the media type that it came as where that is not the one of JSON. */
export type ServedMetadata = ServerMetadata & { servedAs?: string };

/** The metadata of an authorization server, from one document or two. */
export type DescribedServer = DiscoveredServer<ServedMetadata> & {
  /** The other document of the same issuer, where it has members that the first one lacks. */
  completedBy: string | null;
};

/**
 * The metadata of an issuer, from the first address that has it, completed from its other document.
 * @param first the document that is read first: OpenID where the scope openid is requested.
 * @throws OutboundFailure with the problem at each address.
 */
export async function discoverServer(
  deps: DocumentDeps,
  issuer: string,
  freshness: Freshness,
  first: MetadataKind,
): Promise<DescribedServer> {
  const addresses = metadataUrls(issuer, first);
  const found = await firstDocument(addresses, (url) => fetchServerMetadata(deps, url, issuer, freshness));
  return completedMetadata(deps, found, freshness);
}

/**
 * The metadata at a given address, completed from the other document of the issuer that it names.
 * @throws OutboundFailure
 */
export async function discoverServerAt(
  deps: DocumentDeps,
  url: string,
  issuer: string | undefined,
  freshness: Freshness,
): Promise<DescribedServer> {
  return completedMetadata(deps, await fetchServerMetadata(deps, url, issuer, freshness), freshness);
}

/** Adds the members that one document lacks from the other one of the same issuer. */
async function completedMetadata(
  deps: DocumentDeps,
  found: DiscoveredServer<ServedMetadata>,
  freshness: Freshness,
): Promise<DescribedServer> {
  const { issuer } = found.metadata;
  const others = issuer.includes(TENANT_PLACEHOLDER)
    ? []
    : metadataUrls(issuer).filter((url) => metadataKindOf(url) !== metadataKindOf(found.url));
  const other = await firstDocument(others, (url) => fetchServerMetadata(deps, url, issuer, freshness)).catch(
    ignoreOutboundFailure,
  );
  const adds = other && Object.entries(other.metadata).some(([name, value]) => value && !(name in found.metadata));
  if (!adds) return { ...found, completedBy: null };
  return { ...found, metadata: { ...other.metadata, ...found.metadata }, completedBy: other.url };
}

/** Ignores a missing second document. */
function ignoreOutboundFailure(error: unknown): undefined {
  if (!(error instanceof OutboundFailure)) throw error;
}

/** True where the configured endpoints are all that the flow needs: for OpenID, also the keys of id_tokens. */
export const areEndpointsSufficient = (typed: Partial<Endpoints>, isOpenId: boolean): boolean =>
  Boolean(typed.authorization_endpoint && typed.token_endpoint && (!isOpenId || typed.jwks_uri));

/** The addresses of a record's metadata. */
export type MetadataAddresses = { metadataUrl: string; completedBy: string | null };

/**
 * The metadata of a record, as fresh as its cache headers allow.
 * @throws OutboundFailure
 */
export async function readRecordedMetadata(
  deps: DocumentDeps,
  { metadataUrl, completedBy }: MetadataAddresses,
  issuer: string,
  freshness: Freshness = 'fresh',
): Promise<ServerMetadata> {
  const [first, other] = await Promise.all([
    fetchServerMetadata(deps, metadataUrl, issuer, freshness),
    completedBy === null
      ? undefined
      : fetchServerMetadata(deps, completedBy, issuer, freshness).catch(ignoreOutboundFailure),
  ]);
  return { ...other?.metadata, ...first.metadata };
}

/**
 * The metadata at one address. Without an issuer the document names it, and must be at an address of that issuer.
 * @throws OutboundFailure
 */
export function fetchServerMetadata(
  deps: DocumentDeps,
  url: string,
  issuer: string | undefined,
  freshness: Freshness,
): Promise<DiscoveredServer<ServedMetadata>> {
  return fetchDocument(deps, 'authorization-server', url, freshness, (json, type) => {
    const metadata = parseMetadata(ServerMetadata, json);
    // RFC 8414 §3.3: The "issuer" value returned MUST be identical to the authorization server's issuer identifier
    // value into which the well-known URI string was inserted. If these values are not identical, the data contained
    // in the response MUST NOT be used.
    const matches =
      issuer === undefined ? isMetadataAddressOf(url, metadata.issuer) : matchesIssuer(metadata.issuer, issuer);
    if (!matches)
      throw new OutboundFailure(
        `${url} says that its issuer is ${metadata.issuer}, which it is not${issuer === undefined ? '' : `: ${issuer} was asked for`}`,
      );
    for (const name of keysOf(Endpoints.shape)) {
      const problem = metadata[name] && fetchProblem(new URL(metadata[name]), deps.config.isLoopback);
      if (problem) throw new OutboundFailure(`the ${name} of ${url} cannot be used: ${problem}`);
    }
    const fields = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));
    return { ...(fields as ServerMetadata), ...(JSON_TYPES.test(type) ? {} : { servedAs: type }) };
  });
}

/** The warning about the media type of metadata, shown with the record. */
export const metadataWarning = ({ url, metadata: { servedAs } }: DiscoveredServer<ServedMetadata>): string | null =>
  servedAs === undefined
    ? null
    : `${url} is served as ${servedAs || 'no type'}, not as application/json (RFC 8414 §3.2)`;

const isMetadataAddressOf = (url: string, issuer: string) => {
  if (!URL.canParse(issuer)) return false;
  const requested = issuer.includes(TENANT_PLACEHOLDER)
    ? MULTI_TENANT_NAMES.map((name) => issuer.replace(TENANT_PLACEHOLDER, name))
    : [issuer];
  return requested.some((one) => metadataUrls(one).includes(url));
};
