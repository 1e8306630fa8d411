/** Resource indicators (RFC 8707): which resources are known, their canonical form, and the audience of a token. */
import * as z from 'zod';
import { canonicalise } from './canonical-resource.ts';
import { OAuthError } from './oauth-error.ts';
import { SCOPE_TOKEN, type Scope } from './scope.ts';

/** What an administrator says of a resource (RFC 9728 §2), and what its tokens are like. */
export const ResourceDescription = z.strictObject({
  name: z.string().trim().min(1).max(200).describe('What people know it by.'),
  documentation: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional()
    .describe('A page for developers.'),
  policy_uri: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional()
    .describe('How clients may use its data.'),
  tos_uri: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional()
    .describe('Its terms of service.'),
  scopes: z
    .array(
      z.strictObject({
        name: z.string().regex(SCOPE_TOKEN).max(200),
        description: z.string().trim().min(1).max(500),
      }),
    )
    .max(100)
    .default([])
    .describe('Its scopes, each with what a person reads.'),
  token_minutes: z.number().int().min(1).max(60).optional().describe('How long its access tokens live.'),
  dpop_required: z.boolean().optional().describe('Whether all its access tokens must be bound to a key (RFC 9449).'),
  client_id: z.string().max(2000).optional().describe('The client that may introspect its tokens.'),
});
export type ResourceDescription = z.infer<typeof ResourceDescription>;

/** The registered resources, by their identifiers. */
export type Registry = ReadonlyMap<string, ResourceDescription>;

/**
 * The canonical form of any resource: scheme and host in lower case, no fragment, no trailing slash.
 * @throws OAuthError invalid_target
 */
export function canonicalForm(text: string): string {
  const form = canonicalise(text);
  if (form === undefined) {
    throw new OAuthError('invalid_target', 'resource must be an absolute URI without a fragment, and not too long.');
  }
  return form;
}

/** Whether a canonical resource is this server itself, or stands below it. */
export function isOurs(resource: string, issuer: string): boolean {
  return resource === issuer || resource.startsWith(`${issuer}/`) || resource.startsWith(`${issuer}?`);
}

/**
 * The canonical form of a resource that is known here: registered, the issuer, or a path below the issuer.
 * @throws OAuthError invalid_target for any other.
 */
export function canonicalResource(text: string, issuer: string, registry: Registry): string {
  const resource = canonicalForm(text);
  if (registry.has(resource) || isOurs(resource, issuer)) return resource;
  throw new OAuthError('invalid_target', 'resource is not known to this server.');
}

/** The scopes of a registered resource, as a person reads them. */
export function scopesOfResource(registry: Registry, resource: string): Scope[] | undefined {
  return registry
    .get(resource)
    ?.scopes.map(({ name, description }) => ({ name, description, optional: true, listed: true }));
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
