/** The authentication schemes of access tokens (RFC 9110 §11.4), which the guard accepts and names in challenges. */
import { OAuthError } from '../../../src/protocol/oauth-error.ts';
import { bearer } from './bearer.ts';
import { dpop, type ProofPolicy } from './dpop.ts';
import type { Scheme } from './scheme.ts';

/** @param onlyBound true to accept sender-constrained tokens only. */
export const schemesFor = (policy: ProofPolicy, onlyBound: boolean): readonly Scheme[] =>
  onlyBound ? [dpop(policy)] : [bearer, dpop(policy)];

/** auth-scheme, followed by a token or parameters. */
const AUTHORIZATION = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?: +(.*))?$/;

/** The scheme of a request, if any. */
export const schemeNameOf = (request: Request): string | undefined =>
  AUTHORIZATION.exec(request.headers.get('authorization') ?? '')?.[1];

/**
 * The scheme and the credentials of a request; undefined without credentials.
 * @throws OAuthError invalid_token for another scheme, which is refused rather than ignored; invalid_request for a
 * malformed header.
 */
export function presentedBy(
  request: Request,
  schemes: readonly Scheme[],
): { scheme: Scheme; credentials: string } | undefined {
  const authorization = request.headers.get('authorization');
  if (authorization === null) return undefined;
  const [, name = '', credentials = ''] = AUTHORIZATION.exec(authorization) ?? [];
  if (name === '') throw new OAuthError('invalid_request', 'the Authorization header names no scheme.');
  const scheme = schemes.find((known) => known.name.toLowerCase() === name.toLowerCase());
  if (!scheme) {
    const names = schemes.map((known) => known.name).join(' or ');
    throw new OAuthError('invalid_token', `this resource accepts an access token with the scheme ${names} only.`);
  }
  // RFC 6750 §3.1, invalid_request: ... uses more than one method for including an access token.
  if (request.url.includes('?') && new URL(request.url).searchParams.has('access_token')) {
    throw new OAuthError('invalid_request', 'send the access token in the Authorization header only.');
  }
  return { scheme, credentials };
}
