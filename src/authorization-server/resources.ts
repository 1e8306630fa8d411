/** The `resource` parameter (RFC 8707), and the scopes of resources. */
import type { Deps } from '../http/context.ts';
import type { Parameters } from '../http/parameters.ts';
import { configuredScopes } from '../protocol/configured-scopes.ts';
import { MINUTE } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import {
  includesOwnApis,
  isKnownResource,
  type ResourceRegistry,
  resolveResource,
  scopesOfResource,
  tokenLifetimeMinutes,
} from '../protocol/resource.ts';
import { type Scope, SERVER_SCOPES } from '../protocol/scope.ts';
import { OWN_API_SCOPES } from '../protocol/scope-names.ts';
import type { Settings } from '../protocol/settings.ts';
import type { FirstToken } from '../storage/grants/new-grant.ts';

/** The errors that a newer registry can resolve. */
const RESOURCE_ERRORS = ['invalid_target', 'invalid_scope', 'invalid_dpop_proof'];

/** A decision with the registry. May run twice: with the cached registry, and with the one from the primary. */
type RegistryDecision<T> = (registry: ResourceRegistry) => T;

/**
 * Decides with the registry. The cached registry may be accepted; before a refusal the primary is read once.
 * @param decide may run twice.
 */
export async function withRegistry<T>(
  deps: Pick<Deps, 'registry' | 'latestRegistry'>,
  decide: RegistryDecision<T>,
): Promise<T> {
  try {
    return decide(await deps.registry());
  } catch (error) {
    if (!(error instanceof OAuthError) || !RESOURCE_ERRORS.includes(error.code)) throw error;
  }
  return decide(await deps.latestRegistry());
}

/**
 * The requested resources without duplicates, as identifiers of the registry.
 * @param names the parameters to read.
 * @throws OAuthError invalid_target
 */
export function parseResources(
  parameters: Parameters,
  issuer: string,
  registry: ResourceRegistry,
  names: readonly string[] = ['resource'],
): string[] {
  const requested = names.flatMap((name) => parameters.all(name));
  return [...new Set(requested.map((resource) => resolveResource(resource, issuer, registry)))];
}

/**
 * The resource of an access token: the requested one, else the first granted one that still exists.
 * @throws OAuthError invalid_target if none exists.
 */
export function targetResource(
  requested: string | undefined,
  granted: readonly string[],
  issuer: string,
  registry: ResourceRegistry,
): string {
  const target = requested ?? granted.find((resource) => isKnownResource(resource, issuer, registry));
  if (target !== undefined) return target;
  throw new OAuthError('invalid_target', 'none of the granted resources exists.');
}

/** The sources of scopes. */
export type ScopeRegistry = { issuer: string; registry: ResourceRegistry; settings: Settings };

const SCOPES_ELSEWHERE = SERVER_SCOPES.filter(({ name }) => !OWN_API_SCOPES.includes(name));

/** The server's own scopes at a resource: those of its own APIs only where the resource includes them. */
const serverScopesAt = (resource: string, issuer: string): readonly Scope[] =>
  includesOwnApis(resource, issuer) ? SERVER_SCOPES : SCOPES_ELSEWHERE;

/** The scopes of resources: the server's own, and those of each resource. */
export function scopesOfResources(
  resources: readonly string[],
  { issuer, registry, settings }: ScopeRegistry,
): Scope[] {
  const configured = configuredScopes(settings.scopes_supported);
  const all = resources.flatMap((resource) => [
    ...serverScopesAt(resource, issuer),
    ...(scopesOfResource(registry, resource) ?? configured),
  ]);
  return [...new Map(all.map((scope) => [scope.name, scope])).values()];
}

/** The scopes that belong to the resource. */
export function filterResourceScopes(resource: string, scopes: readonly string[], at: ScopeRegistry): string[] {
  const known = scopesOfResources([resource], at).map((scope) => scope.name);
  return scopes.filter((scope) => known.includes(scope));
}

/** The lifetime of an access token for the resource, in minutes. */
export function tokenMinutesFor(resource: string, { issuer, registry, settings }: ScopeRegistry): number {
  return tokenLifetimeMinutes(resource, registry.get(resource), issuer, settings.access_token_minutes);
}

/** @throws OAuthError invalid_dpop_proof if the resource requires DPoP and the request has no proof. */
export function requireDpopBinding(resource: string, registry: ResourceRegistry, thumbprint: string | undefined): void {
  if (thumbprint !== undefined || !registry.get(resource)?.dpop_required) return;
  throw new OAuthError('invalid_dpop_proof', 'this resource requires DPoP-bound tokens: send a DPoP proof.');
}

/**
 * The first access token of a grant, for one of its resources.
 * @param thumbprint the key that the token will be bound to.
 * @throws OAuthError invalid_target for a deleted resource, or invalid_dpop_proof.
 */
export async function firstTokenFor(
  deps: Pick<Deps, 'config' | 'moment' | 'settings' | 'registry' | 'latestRegistry'>,
  resource: string,
  scopes: readonly string[],
  thumbprint: string | undefined,
): Promise<Omit<FirstToken, 'id'>> {
  const { issuer } = deps.config;
  const settings = await deps.settings();
  const { now } = deps.moment;
  return withRegistry(deps, (registry) => {
    resolveResource(resource, issuer, registry);
    requireDpopBinding(resource, registry, thumbprint);
    const at = { issuer, registry, settings };
    return {
      scopes: filterResourceScopes(resource, scopes, at),
      resource,
      expiresAt: now + tokenMinutesFor(resource, at) * MINUTE,
      isRecorded: settings.record_user_tokens,
    };
  });
}
