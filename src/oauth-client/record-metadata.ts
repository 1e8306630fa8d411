/** Metadata of the server of a record: discovered when the record is saved, and read again when it is used. */
import type { DocumentDeps } from '../http/outbound/external-document.ts';
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import type { Endpoints, ServerMetadata } from '../protocol/server-metadata.ts';
import { withoutSlash } from '../protocol/without-slash.ts';
import type { Provider } from '../providers/provider.ts';
import type { Freshness } from './metadata-document.ts';
import { ProviderFailure } from './provider-failure.ts';
import {
  areEndpointsSufficient,
  type DescribedServer,
  discoverServer,
  discoverServerAt,
  readRecordedMetadata,
} from './server-metadata.ts';
import { metadataWarning } from './server-metadata-document.ts';

/** The metadata, and the part of it that a record stores. */
export type FoundServer = {
  server: ServerMetadata;
  metadataUrl: string | null;
  completedBy: string | null;
  warning: string | null;
};

/** The server of a record without metadata. */
export const withoutMetadata = (server: ServerMetadata): FoundServer => ({
  server,
  metadataUrl: null,
  completedBy: null,
  warning: null,
});

/** The server of discovered metadata. */
export const withMetadata = (described: DescribedServer): FoundServer => ({
  server: described.metadata,
  metadataUrl: described.url,
  completedBy: described.completedBy,
  warning: metadataWarning(described),
});

/** Endpoints of the provider's definition, for a provider without metadata. */
export const definedEndpoints = ({ endpoints, endpointsAt }: Provider, issuer: string): Partial<Endpoints> => ({
  ...endpoints,
  ...endpointsAt?.(withoutSlash(issuer)),
});

type ServerQuery = { named: string; typed: Partial<Endpoints>; isOpenId: boolean; freshness?: Freshness };

/**
 * The server at an issuer, or at the address of its metadata, from an administrator. Where all endpoints are configured
 * or defined, it need not publish metadata.
 * @throws OutboundFailure
 */
export async function findServerByIssuer(
  deps: DocumentDeps,
  provider: Provider,
  { named, typed, isOpenId, freshness = 'latest' }: ServerQuery,
): Promise<FoundServer> {
  const endpoints = { ...definedEndpoints(provider, named), ...typed };
  const discovery = named.includes('/.well-known/')
    ? discoverServerAt(deps, named, undefined, freshness)
    : discoverServer(deps, named, freshness, isOpenId ? 'openid-configuration' : 'oauth-authorization-server');
  try {
    return withMetadata(await discovery);
  } catch (error) {
    const needsKeys = isOpenId && !provider.ignoresIdToken;
    if (!(error instanceof OutboundFailure) || !areEndpointsSufficient(endpoints, needsKeys)) throw error;
    const issuer = provider.endpointsAt ? withoutSlash(named) : named;
    return withoutMetadata({ ...endpoints, issuer });
  }
}

export type StoredServer = { issuer: string; metadataUrl: string | null; completedBy: string | null };

/**
 * The current metadata of a record's server, as fresh as its cache headers allow; configured endpoints take precedence.
 * @throws ProviderFailure
 */
export async function serverOfRecord(
  deps: DocumentDeps,
  provider: Provider,
  { issuer, metadataUrl, completedBy }: StoredServer,
  typed: Partial<Endpoints>,
): Promise<ServerMetadata> {
  if (metadataUrl === null) return { ...definedEndpoints(provider, issuer), ...typed, issuer };
  try {
    const metadata = await readRecordedMetadata(deps, { metadataUrl, completedBy }, issuer);
    return { ...provider.endpointsAt?.(withoutSlash(issuer)), ...metadata, ...typed };
  } catch (cause) {
    if (!(cause instanceof OutboundFailure)) throw cause;
    throw new ProviderFailure('unreachable', cause.message, { cause });
  }
}
