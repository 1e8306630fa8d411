/** Protected resource metadata (RFC 9728 §2), for the issuer and any path below it. */
import type { Config } from '../config.ts';
import { canonicalResource } from '../protocol/resource.ts';
import { ADMIN_SCOPE, knownScopes, OFFLINE_ACCESS } from '../protocol/scope.ts';
import type { Settings } from '../protocol/settings.ts';

/**
 * @param path what stands behind the well-known part: RFC 9728 §3.3: the "resource" value returned MUST be identical
 * to the resource identifier into which the well-known part was inserted.
 */
export function resourceMetadata(config: Config, settings: Settings, path: string): Record<string, unknown> {
  const optional = {
    resource_documentation: settings.resource_documentation,
    resource_policy_uri: settings.resource_policy_uri,
    resource_tos_uri: settings.resource_tos_uri,
  };
  return {
    resource: canonicalResource(config.issuer + path, config.issuer),
    authorization_servers: [config.issuer],
    bearer_methods_supported: ['header'],
    resource_name: settings.resource_name,
    scopes_supported: scopesOf(path, settings),
    ...Object.fromEntries(Object.entries(optional).filter(([, link]) => link !== '')),
  };
}

/** What is worth asking for: a client that finds a scope here asks for it. */
function scopesOf(path: string, settings: Settings): string[] {
  if (path === '/api/admin' || path.startsWith('/api/admin/')) return [ADMIN_SCOPE];
  return knownScopes(settings.scopes_supported)
    .filter((scope) => scope.listed && scope.name !== OFFLINE_ACCESS)
    .map((scope) => scope.name);
}
