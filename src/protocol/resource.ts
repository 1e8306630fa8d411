/** Resource indicators (RFC 8707): the registry of resources, their identifiers, and the audience of tokens. */
import { canonicalResource } from './canonical-resource.ts';
import { MAX_TOKEN_LIFETIME, MINUTE } from './lifetimes.ts';
import { OAuthError } from './oauth-error.ts';
import type { ResourceDescription } from './resource-description.ts';
import type { Scope } from './scope.ts';
import { OPENID_SCOPE } from './scope-names.ts';

type Lifetime = Pick<ResourceDescription, 'token_minutes' | 'validated_online' | 'long_lifetime_confirmed'>;

/** @returns true if access tokens of the resource may be valid for more than an hour: never of this server's own APIs. */
const mayExceedMaxLifetime = (
  resource: string,
  { validated_online, long_lifetime_confirmed }: Lifetime,
  issuer: string,
) => (validated_online === true || long_lifetime_confirmed === true) && !includesOwnApis(resource, issuer);

/** Validates `token_minutes`. @throws OAuthError invalid_request */
export function checkTokenLifetime(resource: string, description: Lifetime, issuer: string): void {
  const { token_minutes: minutes = 0 } = description;
  if (minutes <= MAX_TOKEN_LIFETIME / MINUTE || mayExceedMaxLifetime(resource, description, issuer)) return;
  const reason = includesOwnApis(resource, issuer)
    ? 'more than 60 minutes are not allowed for the APIs of this server itself.'
    : 'more than 60 minutes need validated_online or long_lifetime_confirmed: an API that validates tokens offline accepts a revoked one until it expires.';
  throw new OAuthError('invalid_request', `token_minutes: ${reason}`);
}

/** The lifetime of an access token for the resource, in minutes. @param usual the setting's value. */
export function tokenLifetimeMinutes(
  resource: string,
  description: Lifetime | undefined,
  issuer: string,
  usual: number,
): number {
  const minutes = description?.token_minutes ?? usual;
  const isLong = description !== undefined && mayExceedMaxLifetime(resource, description, issuer);
  return isLong ? minutes : Math.min(minutes, MAX_TOKEN_LIFETIME / MINUTE);
}

/** The registered resources by identifier, byte for byte as registered. */
export type ResourceRegistry = ReadonlyMap<string, ResourceDescription>;

/** The canonical form of a resource, for comparison. @throws OAuthError invalid_target */
export function requireCanonicalResource(text: string): string {
  const form = canonicalResource(text);
  if (form === undefined) {
    throw new OAuthError('invalid_target', 'resource must be an absolute URI without a fragment, and not too long.');
  }
  return form;
}

/** @returns true if a canonical resource is the issuer or below it. */
export function isOwnResource(resource: string, issuer: string): boolean {
  return resource === issuer || resource.startsWith(`${issuer}/`) || resource.startsWith(`${issuer}?`);
}

/** @returns true if the resource includes this server's own APIs, or is one of them. */
export function includesOwnApis(resource: string, issuer: string): boolean {
  return resource === issuer || resource === `${issuer}/api` || resource.startsWith(`${issuer}/api/`);
}

/** @returns true for a registered identifier, the issuer, and any path below it. */
export const isKnownResource = (resource: string, issuer: string, registry: ResourceRegistry): boolean =>
  registry.has(resource) || isOwnResource(resource, issuer);

/** The identifiers of each registry by canonical form. */
const identifiers = new WeakMap<ResourceRegistry, Map<string, string>>();

/** The registered identifier of a resource, with or without the trailing slash; undefined if not registered. */
export function registeredIdentifier(text: string, registry: ResourceRegistry): string | undefined {
  if (registry.has(text)) return text;
  let byForm = identifiers.get(registry);
  if (!byForm) {
    byForm = new Map([...registry.keys()].map((id) => [canonicalResource(id) ?? id, id]));
    identifiers.set(registry, byForm);
  }
  return byForm.get(canonicalResource(text) ?? '');
}

/**
 * The identifier of a known resource: as registered, or the canonical form of the issuer or a path below it.
 * @throws OAuthError invalid_target for an unknown resource.
 */
export function resolveResource(text: string, issuer: string, registry: ResourceRegistry): string {
  const form = requireCanonicalResource(text);
  const registered = registeredIdentifier(text, registry);
  if (registered !== undefined) return registered;
  if (isOwnResource(form, issuer)) return form;
  throw new OAuthError('invalid_target', 'resource is not known to this server.');
}

/** The scopes of a registered resource with their texts; undefined if not registered. */
export function scopesOfResource(registry: ResourceRegistry, resource: string): Scope[] | undefined {
  return registry
    .get(resource)
    ?.scopes.map(({ name, description }) => ({ name, description, optional: true, listed: true }));
}

/**
 * The `aud` of an access token for one resource, which comes first. With `openid` the issuer is the second audience, so
 * that the token is accepted at `/userinfo`, and nowhere else here.
 */
export function audienceFor(resource: string, scopes: readonly string[], issuer: string): string | [string, string] {
  return resource !== issuer && scopes.includes(OPENID_SCOPE) ? [resource, issuer] : resource;
}

/** The resources that include a path of this server: the issuer, the path, and each of its ancestors. */
export function resourcesOfPath(path: string, issuer: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return [issuer, ...parts.map((_, index) => `${issuer}/${parts.slice(0, index + 1).join('/')}`)];
}
