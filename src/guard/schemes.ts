/** The ways to present a token (RFC 9110 §11.4): one entry each. The guard accepts those, and challenges with them. */
import { OAuthError } from '../protocol/oauth-error.ts';
import { bearer } from './bearer.ts';
import { dpop, type ProofPolicy } from './dpop.ts';
import type { Scheme } from './scheme.ts';

/** @param onlyBound whether only tokens that are bound to a key are accepted. */
export const schemesFor = (policy: ProofPolicy, onlyBound: boolean): readonly Scheme[] =>
  onlyBound ? [dpop(policy)] : [bearer, dpop(policy)];

/** auth-scheme and what follows it: a token, or parameters. */
const AUTHORIZATION = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?: +(.*))?$/;

/** The name of the scheme that a request uses, if it uses any. */
export const schemeNameOf = (request: Request): string | undefined =>
  AUTHORIZATION.exec(request.headers.get('authorization') ?? '')?.[1];

/**
 * The scheme that a request uses and the credentials behind its name; undefined where it has none.
 * @throws OAuthError invalid_token for another scheme: credentials that are not taken are refused, never ignored;
 * invalid_request for what is malformed.
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
    throw new OAuthError('invalid_token', `this takes access tokens by the scheme ${names}, and no other credentials.`);
  }
  // RFC 6750 §3.1, invalid_request: ... uses more than one method for including an access token.
  if (request.url.includes('?') && new URL(request.url).searchParams.has('access_token')) {
    throw new OAuthError('invalid_request', 'a token belongs in the Authorization header, and nowhere else.');
  }
  return { scheme, credentials };
}
