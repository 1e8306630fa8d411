/** The challenge: what stands in `WWW-Authenticate` (RFC 6750 §3, RFC 9728 §5.1). The only place that writes it. */
import { WELL_KNOWN } from '../protocol/endpoints.ts';
import type { OAuthError } from '../protocol/oauth-error.ts';
import { NoCredentials } from './admit.ts';
import type { Scheme } from './scheme.ts';

export type ChallengeFacts = {
  schemes: readonly Pick<Scheme, 'name' | 'attributes'>[];
  /** The name of the scheme that the request used: the error is about that one. */
  used?: string | undefined;
  realm?: string | undefined;
  /** Where the resource is described (RFC 9728 §5.1). */
  resourceMetadata?: string | undefined;
};

/** The statuses that ask for other credentials. */
const CHALLENGED: readonly number[] = [400, 401, 403];

/** Whether other credentials would help. */
export const isChallenged = (thrown: NoCredentials | OAuthError): boolean =>
  thrown instanceof NoCredentials || CHALLENGED.includes(thrown.status);

/**
 * One challenge for each scheme: first that of the scheme that was used, which says what went wrong; the others only
 * that they are there, too (RFC 9449 §7.2).
 */
export function writeChallenge(thrown: NoCredentials | OAuthError, facts: ChallengeFacts): string {
  const { schemes, realm, resourceMetadata } = facts;
  const used = schemes.find(({ name }) => name.toLowerCase() === facts.used?.toLowerCase()) ?? schemes[0];
  const first = { realm, ...attributesOf(thrown), ...used?.attributes, resource_metadata: resourceMetadata };
  return [...(used ? [used] : []), ...schemes.filter((scheme) => scheme !== used)]
    .map(({ name, attributes = {} }) => {
      const all = name === used?.name ? first : attributes;
      const written = Object.entries(all).filter(([, value]) => value);
      return [name, written.map(([attribute, value]) => `${attribute}="${value}"`).join(', ')].join(' ').trim();
    })
    .join(', ');
}

function attributesOf(thrown: NoCredentials | OAuthError): Record<string, string | undefined> {
  // RFC 6750 §3.1: If the request lacks any authentication information, the resource server SHOULD NOT include an
  // error code or other error information.
  if (thrown instanceof NoCredentials) return { scope: thrown.scope };
  return { error: thrown.code, error_description: thrown.description, scope: thrown.scope };
}

/**
 * Where a resource is described. RFC 9728 §3.1: the well-known part is inserted between the host and the path; a
 * slash that ends the host is left out.
 */
export function metadataAddress(resource: string): string {
  const { origin, pathname, search } = new URL(resource);
  return origin + WELL_KNOWN.protectedResource + (pathname === '/' ? '' : pathname) + search;
}
