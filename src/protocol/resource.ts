/** Resource indicators (RFC 8707): which resources are known, their canonical form, and the audience of a token. */
import { OAuthError } from './oauth-error.ts';

/**
 * The canonical form: scheme and host in lower case, no fragment, no trailing slash.
 * @throws OAuthError invalid_target when the resource is not known here: neither the issuer nor a path below it.
 */
export function canonicalResource(text: string, issuer: string): string {
  const url = /^[\x21-\x7e]+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  // RFC 8707 §2: Its value MUST be an absolute URI. The URI MUST NOT include a fragment component.
  if (!url || text.includes('#') || url.username || url.password) {
    throw new OAuthError('invalid_target', 'resource must be an absolute URI without a fragment.');
  }
  if (url.origin !== issuer) throw new OAuthError('invalid_target', 'resource is not known to this server.');
  return url.origin + url.pathname.replace(/\/+$/, '') + url.search;
}

/**
 * The audience of an access token for one resource; the issuer stands beside it where `openid` was granted, so that
 * the same token opens `/userinfo`.
 */
export function audienceOf(resource: string, scopes: readonly string[], issuer: string): string | [string, string] {
  return resource !== issuer && scopes.includes('openid') ? [resource, issuer] : resource;
}

/** The resources that hold a path of ours: the issuer, and each ancestor of the path, itself included. */
export function resourcesHolding(path: string, issuer: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return [issuer, ...parts.map((_, index) => `${issuer}/${parts.slice(0, index + 1).join('/')}`)];
}
