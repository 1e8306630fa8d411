/** One metadata document of an authorization server, fetched and validated (RFC 8414 §3.3). */
import type { DocumentDeps } from '../http/outbound/external-document.ts';
import { JSON_TYPES } from '../http/outbound/fetched-document.ts';
import { OutboundFailure } from '../http/outbound/outbound-budget.ts';
import { fetchProblem } from '../protocol/document-url.ts';
import {
  Endpoints,
  MULTI_TENANT_NAMES,
  matchesIssuer,
  metadataUrls,
  ServerMetadata,
  TENANT_PLACEHOLDER,
} from '../protocol/server-metadata.ts';
import { keysOf } from '../protocol/table.ts';
import { type DiscoveredServer, type Freshness, fetchDocument, parseMetadata } from './metadata-document.ts';

/** Metadata, with the media type that it came as where that is not the one of JSON. */
export type ServedMetadata = ServerMetadata & { servedAs?: string };

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
