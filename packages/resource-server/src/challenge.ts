/** The challenge: the only writer of `WWW-Authenticate` (RFC 6750 §3, RFC 9728 §5.1). */
import { WELL_KNOWN } from '../../../src/protocol/endpoints.ts';
import { errorParameters } from '../../../src/protocol/error-parameters.ts';
import type { OAuthError } from '../../../src/protocol/oauth-error.ts';
import { NoCredentials } from './admit.ts';
import type { Scheme } from './scheme.ts';

export type ChallengeFacts = {
  schemes: readonly Pick<Scheme, 'name' | 'attributes'>[];
  /** The scheme of the request, whose challenge has the error. */
  used?: string | undefined;
  realm?: string | undefined;
  /** The URL of the protected resource metadata (RFC 9728 §5.1). */
  resourceMetadata?: string | undefined;
};

/** The statuses with a challenge. */
const CHALLENGED: readonly number[] = [400, 401, 403];

/** True for errors that other credentials can fix. */
export const isChallenged = ({ status }: NoCredentials | OAuthError): boolean => CHALLENGED.includes(status);

/**
 * One challenge for each scheme: first that of the request's scheme, with the error; then the others, without (RFC 9449
 * §7.2).
 */
export function writeChallenge(thrown: NoCredentials | OAuthError, facts: ChallengeFacts): string {
  const { schemes, realm, resourceMetadata } = facts;
  const used = schemes.find(({ name }) => name.toLowerCase() === facts.used?.toLowerCase()) ?? schemes[0];
  const first = { realm, ...attributesOf(thrown), ...used?.attributes, resource_metadata: resourceMetadata };
  return [...(used ? [used] : []), ...schemes.filter((scheme) => scheme !== used)]
    .map(({ name, attributes = {} }) => {
      const all = name === used?.name ? first : attributes;
      const written = Object.entries(all).flatMap(([attribute, value]) => (value ? [[attribute, value] as const] : []));
      return [name, written.map(([attribute, value]) => `${attribute}=${quoted(value)}`).join(', ')].join(' ').trim();
    })
    .join(', ');
}

/** RFC 9110 §5.6.4: a quoted-string, in which a quote and a backslash are escaped. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

function attributesOf(thrown: NoCredentials | OAuthError): Record<string, string | undefined> {
  // RFC 6750 §3.1: If the request lacks any authentication information, the resource server SHOULD NOT include an
  // error code or other error information.
  if (thrown instanceof NoCredentials) return { scope: thrown.scope };
  return { ...errorParameters(thrown), scope: thrown.scope };
}

/**
 * The URL of the metadata of a resource. RFC 9728 §3.1: the well-known part is inserted between the host and the path;
 * a slash after the host is omitted.
 */
export function metadataAddress(resource: string): string {
  const { origin, pathname, search } = new URL(resource);
  return origin + WELL_KNOWN.protectedResource + (pathname === '/' ? '' : pathname) + search;
}
