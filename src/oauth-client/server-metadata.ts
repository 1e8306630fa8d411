/** Discovery of authorization server metadata, completed from both documents of an issuer (RFC 8414 §3). */
import type { DocumentDeps } from '../http/outbound/external-document.ts';
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import {
  type Endpoints,
  type MetadataKind,
  metadataKindOf,
  metadataUrls,
  type ServerMetadata,
  TENANT_PLACEHOLDER,
} from '../protocol/server-metadata.ts';
import { type DiscoveredServer, type Freshness, firstDocument } from './metadata-document.ts';
import { fetchServerMetadata, type ServedMetadata } from './server-metadata-document.ts';

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
