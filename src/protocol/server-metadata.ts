/** The metadata of other authorization servers (RFC 8414 §2, OpenID Connect Discovery §3), as far as a client needs it. */
import * as z from 'zod';

const address = z.url({ protocol: /^https?$/ }).max(2000);
const names = z.array(z.string().max(200)).max(500);

/** The endpoints that a client uses. */
export const Endpoints = z.object({
  authorization_endpoint: address,
  token_endpoint: address,
  revocation_endpoint: address,
  userinfo_endpoint: address,
  introspection_endpoint: address,
  registration_endpoint: address,
  pushed_authorization_request_endpoint: address,
  end_session_endpoint: address,
  jwks_uri: address,
});
export type Endpoints = z.infer<typeof Endpoints>;

/** An absent, null or invalid optional member is ignored, so that the document stays usable. */
const optional = <T>(schema: z.ZodType<T>) => schema.optional().catch(undefined);

/** A boolean (RFC 8414 §2), which some servers send as a string. */
const flag = optional(z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]));

/** Absent, null and empty are the same; any other value must be a URL. */
const required = z.preprocess((value) => value || undefined, address.optional());

export const ServerMetadata = z.object({
  issuer: z.string().max(2000),
  authorization_endpoint: required,
  token_endpoint: required,
  jwks_uri: required,
  revocation_endpoint: optional(address),
  userinfo_endpoint: optional(address),
  introspection_endpoint: optional(address),
  registration_endpoint: optional(address),
  pushed_authorization_request_endpoint: optional(address),
  end_session_endpoint: optional(address),
  scopes_supported: optional(names),
  grant_types_supported: optional(names),
  response_types_supported: optional(names),
  token_endpoint_auth_methods_supported: optional(names),
  token_endpoint_auth_signing_alg_values_supported: optional(names),
  id_token_signing_alg_values_supported: optional(names),
  userinfo_signing_alg_values_supported: optional(names),
  code_challenge_methods_supported: optional(names),
  /** Initiating User Registration via OpenID Connect §4.2: the values of `prompt`. */
  prompt_values_supported: optional(names),
  /** RFC 9449 §5.1 */
  dpop_signing_alg_values_supported: optional(names),
  authorization_response_iss_parameter_supported: flag,
  client_id_metadata_document_supported: flag,
  require_pushed_authorization_requests: flag,
});
export type ServerMetadata = z.infer<typeof ServerMetadata>;

/** Protected resource metadata (RFC 9728 §2). */
export const ResourceMetadata = z.object({
  resource: z.string().max(2000),
  authorization_servers: z
    .array(address)
    .max(20)
    .nullish()
    .transform((servers) => servers ?? undefined),
  scopes_supported: optional(names),
});
export type ResourceMetadata = z.infer<typeof ResourceMetadata>;

/** The two metadata documents of an authorization server, by their well-known names. */
export type MetadataKind = 'oauth-authorization-server' | 'openid-configuration';

const pathOf = (kind: MetadataKind) => `/.well-known/${kind}`;
const OAUTH = pathOf('oauth-authorization-server');
const OPENID = pathOf('openid-configuration');

export const metadataKindOf = (url: string): MetadataKind =>
  url.includes(OPENID) ? 'openid-configuration' : 'oauth-authorization-server';

/** The metadata URLs of an issuer in the order of discovery: RFC 8414 §3, §5, and OpenID Connect Discovery §4. */
export function metadataUrls(issuer: string, first: MetadataKind = 'oauth-authorization-server'): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const oauth = [origin + OAUTH + path];
  const isOauthFirst = first === 'oauth-authorization-server';
  if (path === '') return isOauthFirst ? [...oauth, origin + OPENID] : [origin + OPENID, ...oauth];
  const [inserted, appended] = [origin + OPENID + path, origin + path + OPENID];
  return isOauthFirst ? [...oauth, inserted, appended] : [appended, inserted, ...oauth];
}

/** The placeholder for the tenant in the issuer of multi-tenant metadata (Microsoft). */
export const TENANT_PLACEHOLDER = '{tenantid}';

/** The tenant names of Microsoft for several directories, or for personal accounts. */
export const MULTI_TENANT_NAMES = ['common', 'organizations', 'consumers'] as const;
const MULTI_TENANT = new RegExp(`/(${MULTI_TENANT_NAMES.join('|')})(?=/|$)`);

/**
 * Compares the issuer of metadata with the expected one (RFC 8414 §3.3: it MUST be identical). Multi-tenant metadata has
 * a placeholder: the issuer of each id_token is then validated by its own tenant.
 */
export const matchesIssuer = (issuer: string, expected: string): boolean =>
  issuer === expected ||
  (MULTI_TENANT.test(expected) && issuer === expected.replace(MULTI_TENANT, `/${TENANT_PLACEHOLDER}`));

/** The metadata URLs of a protected resource: with its path appended, and at the root (RFC 9728 §3.1). */
export function resourceMetadataUrls(resource: string): string[] {
  const { origin, pathname } = new URL(resource);
  const root = `${origin}/.well-known/oauth-protected-resource`;
  const path = pathname.replace(/\/$/, '');
  return path === '' ? [root] : [root + path, root];
}
