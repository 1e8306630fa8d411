/** What an authorization server says of itself (RFC 8414 §2, OpenID Connect Discovery §3), as far as a client needs it. */
import * as z from 'zod';

const address = z.url({ protocol: /^https?$/ }).max(2000);
const names = z.array(z.string().max(200)).max(500);

/** The endpoints that a client calls, or sends a browser to. */
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

export const ServerMetadata = z.object({
  issuer: z.string().max(2000),
  ...Endpoints.partial().shape,
  scopes_supported: names.optional(),
  grant_types_supported: names.optional(),
  response_types_supported: names.optional(),
  token_endpoint_auth_methods_supported: names.optional(),
  token_endpoint_auth_signing_alg_values_supported: names.optional(),
  id_token_signing_alg_values_supported: names.optional(),
  code_challenge_methods_supported: names.optional(),
  /** Initiating User Registration via OpenID Connect §4.2: the values of `prompt`. */
  prompt_values_supported: names.optional(),
  /** RFC 9449 §5.1 */
  dpop_signing_alg_values_supported: names.optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
  client_id_metadata_document_supported: z.boolean().optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
});
export type ServerMetadata = z.infer<typeof ServerMetadata>;

/** What a protected resource says of itself (RFC 9728 §2). */
export const ResourceMetadata = z.object({
  resource: z.string().max(2000),
  authorization_servers: z.array(address).max(20).optional(),
  scopes_supported: names.optional(),
});
export type ResourceMetadata = z.infer<typeof ResourceMetadata>;

const OAUTH = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';

/** Where the metadata of an issuer may stand, in the order in which it is looked for (RFC 8414 §3, §5). */
export function metadataAddresses(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const known = [origin + OAUTH + path, origin + OPENID + path];
  return path === '' ? known : [...known, origin + path + OPENID];
}

/** Where the metadata of a resource may stand: with its path behind, and at the root (RFC 9728 §3.1). */
export function resourceMetadataAddresses(resource: string): string[] {
  const { origin, pathname } = new URL(resource);
  const root = `${origin}/.well-known/oauth-protected-resource`;
  const path = pathname.replace(/\/$/, '');
  return path === '' ? [root] : [root + path, root];
}
