/** What a request names by `resource` (RFC 8707), and which scopes belong there. */
import { OAuthError } from '../protocol/oauth-error.ts';
import { canonicalResource, type Registry, scopesOfResource } from '../protocol/resource.ts';
import { knownScopes, type Scope, SERVER_SCOPES } from '../protocol/scope.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Deps } from '../web/context.ts';
import type { Parameters } from '../web/parameters.ts';

/** What may change between two looks at the registry. */
const ABOUT_RESOURCES = ['invalid_target', 'invalid_scope', 'invalid_dpop_proof'];

/**
 * Judges something by the registry. What this isolate or a replica holds may be accepted; before `judge` refuses for
 * good, the primary is asked once (DESIGN §2).
 */
export async function withRegistry<T>(
  deps: Pick<Deps, 'registry' | 'latestRegistry'>,
  judge: (registry: Registry) => T,
): Promise<T> {
  try {
    return judge(await deps.registry());
  } catch (error) {
    if (!(error instanceof OAuthError) || !ABOUT_RESOURCES.includes(error.code)) throw error;
  }
  return judge(await deps.latestRegistry());
}

/** The resources that a request names, each once, in canonical form. @throws OAuthError invalid_target */
export function parseResources(parameters: Parameters, issuer: string, registry: Registry): string[] {
  return [...new Set(parameters.all('resource').map((resource) => canonicalResource(resource, issuer, registry)))];
}

/** The scopes that exist at these resources: the server's own everywhere, beside those of each. */
export function scopesKnownAt(resources: readonly string[], registry: Registry, settings: Settings): Scope[] {
  const own = knownScopes(settings.scopes_supported);
  const all = resources.flatMap((resource) => [...SERVER_SCOPES, ...(scopesOfResource(registry, resource) ?? own)]);
  return [...new Map(all.map((scope) => [scope.name, scope])).values()];
}

/** What of the scopes belongs to the resource: those of others are dropped. */
export function scopesAt(
  resource: string,
  scopes: readonly string[],
  registry: Registry,
  settings: Settings,
): string[] {
  const known = scopesKnownAt([resource], registry, settings).map((scope) => scope.name);
  return scopes.filter((scope) => known.includes(scope));
}

/** How long an access token for the resource lives, in minutes. */
export function tokenMinutes(resource: string, registry: Registry, settings: Settings): number {
  return registry.get(resource)?.token_minutes ?? settings.access_token_minutes;
}

/** @throws OAuthError invalid_dpop_proof where all its tokens are bound to a key, and the caller shows none. */
export function checkBound(resource: string, registry: Registry, thumbprint: string | undefined): void {
  if (thumbprint !== undefined || !registry.get(resource)?.dpop_required) return;
  throw new OAuthError('invalid_dpop_proof', 'tokens for this resource are bound to a key: send a DPoP proof.');
}

/**
 * What of the granted scopes an access token for a granted resource holds, and how long it lives.
 * @param thumbprint the key that it will be bound to.
 * @throws OAuthError invalid_target where the resource was removed meanwhile; invalid_dpop_proof.
 */
export async function tokenAt(
  deps: Pick<Deps, 'config' | 'settings' | 'registry' | 'latestRegistry'>,
  resource: string,
  scopes: readonly string[],
  thumbprint: string | undefined,
): Promise<{ scopes: string[]; minutes: number }> {
  const { issuer } = deps.config;
  const settings = await deps.settings();
  return withRegistry(deps, (registry) => {
    canonicalResource(resource, issuer, registry);
    checkBound(resource, registry, thumbprint);
    return {
      scopes: scopesAt(resource, scopes, registry, settings),
      minutes: tokenMinutes(resource, registry, settings),
    };
  });
}
