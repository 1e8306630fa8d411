/** Client metadata (RFC 7591 §2): every field of the RFC is kept, an unknown one is ignored. */
import * as z from 'zod';
import { OAuthError } from './oauth-error.ts';
import { checkRedirectUri, isLoopbackRedirect } from './redirect-uri.ts';
import { parseScope } from './scope.ts';

const Text = z.string().max(2000);
/** A link that a page shows: never `javascript:` or another scheme. */
const WebUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2000);

/** OpenID Connect Dynamic Client Registration §2: it MUST use the https scheme. */
const HttpsUrl = z.url({ protocol: /^https$/, error: 'must be an https URL' }).max(2000);

/** Back-Channel Logout §2.2: it MUST be an absolute URI and MUST NOT include a fragment; http only on loopback. */
const LogoutUrl = z
  .url({ protocol: /^https?$/, error: 'must be an https URL' })
  .max(2000)
  .refine((uri) => !uri.includes('#'), { error: 'must not have a fragment' })
  .refine((uri) => uri.startsWith('https:') || isLoopbackRedirect(uri), { error: 'must be an https URL' });

export const ClientMetadata = z.object({
  redirect_uris: z.array(Text).max(50).default([]),
  token_endpoint_auth_method: z.string().optional(),
  // OpenID Connect RP Metadata Choices §2: all that it can do, of which the server chooses.
  token_endpoint_auth_methods_supported: z.array(z.string().max(200)).max(20).optional(),
  token_endpoint_auth_signing_alg: z.string().optional(),
  grant_types: z.array(z.string().max(200)).max(20).default(['authorization_code']),
  response_types: z.array(z.string().max(200)).max(20).default(['code']),
  client_name: Text.min(1).max(200).optional(),
  client_uri: WebUrl.optional(),
  logo_uri: WebUrl.optional(),
  scope: Text.optional(),
  contacts: z.array(Text).max(20).optional(),
  tos_uri: WebUrl.optional(),
  policy_uri: WebUrl.optional(),
  jwks_uri: WebUrl.optional(),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(20) }).optional(),
  software_id: Text.optional(),
  software_version: Text.optional(),
  // OpenID Connect Dynamic Client Registration §2
  application_type: z.enum(['web', 'native']).optional(),
  id_token_signed_response_alg: z.string().optional(),
  userinfo_signed_response_alg: z.string().optional(),
  subject_type: z.enum(['public'], { error: 'must be public: everybody knows a person by the same sub' }).optional(),
  default_max_age: z.int().min(0).max(999_999_999).optional(),
  require_auth_time: z.boolean().optional(),
  default_acr_values: z.array(z.string().max(200)).max(20).optional(),
  initiate_login_uri: HttpsUrl.optional(),
  // OpenID Connect RP-Initiated Logout §3.1
  post_logout_redirect_uris: z.array(Text).max(50).optional(),
  // OpenID Connect Back-Channel Logout §2.2
  backchannel_logout_uri: LogoutUrl.optional(),
  backchannel_logout_session_required: z.boolean().optional(),
  // RFC 9126 §6
  require_pushed_authorization_requests: z.boolean().optional(),
  // RFC 9449 §5.2
  dpop_bound_access_tokens: z.boolean().optional(),
});
type Sent = z.infer<typeof ClientMetadata>;
export type ClientMetadata = Sent & { token_endpoint_auth_method: string } & {
  [internationalised: `${string}#${string}`]: string;
};

/** RFC 7591 §2.2: human-readable fields may come in several languages, as `client_name#de`. */
const INTERNATIONALISED = /^(client_name|client_uri|logo_uri|tos_uri|policy_uri)#[A-Za-z0-9-]{1,35}$/;

/** What a grant type asks of the clients that use it. */
export type GrantFacts = {
  grantType: string;
  /** Whether a client may register for it by itself, or only an administrator may let it. */
  registeredBy: 'anybody' | 'administrator';
  /** Whether only a client that authenticates may use it. */
  confidentialOnly: boolean;
  /** Its profiles, as `authorization_grant_profiles_supported` names them. */
  profiles?: readonly string[];
};

/** What the server can do: the keys of its tables, the strongest methods first. */
export type Capabilities = {
  grants: readonly GrantFacts[];
  authMethods: string[];
  idTokenAlgorithms: string[];
  assertionAlgorithms: readonly string[];
};

/**
 * @param by who says this of the client: an administrator may let it use more grants.
 * @throws OAuthError invalid_redirect_uri or invalid_client_metadata (RFC 7591 §3.2.2).
 */
export function parseClientMetadata(input: unknown, can: Capabilities, by: GrantFacts['registeredBy']): ClientMetadata {
  const parsed = ClientMetadata.safeParse(input);
  if (!parsed.success) throw invalidMetadata(parsed.error);
  const metadata = { ...parsed.data, ...internationalisedFields(input as Record<string, unknown>) };
  for (const uri of metadata.redirect_uris) checkRedirectUri(uri, metadata.application_type);
  for (const uri of metadata.post_logout_redirect_uris ?? []) checkReturnUri(uri, metadata.application_type);
  if (metadata.scope !== undefined) metadata.scope = checkScope(metadata.scope);
  // RFC 7591 §2: The "jwks_uri" and "jwks" parameters MUST NOT both be present in the same request or response.
  if (metadata.jwks && metadata.jwks_uri) throw invalid('jwks and jwks_uri must not both be given.');
  for (const key of metadata.jwks?.keys ?? []) checkPublicKey(key);
  checkChoice('id_token_signed_response_alg', metadata.id_token_signed_response_alg, can.idTokenAlgorithms);
  checkChoice('userinfo_signed_response_alg', metadata.userinfo_signed_response_alg, can.idTokenAlgorithms);
  checkChoice('token_endpoint_auth_signing_alg', metadata.token_endpoint_auth_signing_alg, can.assertionAlgorithms);
  const method = chooseMethod(metadata, can.authMethods);
  return { ...metadata, token_endpoint_auth_method: method, ...supportedFlow(metadata, method, can, by) };
}

/** The method it asks for first, where that can be done; else the strongest of those it says it can do. */
function chooseMethod(metadata: Sent, offered: string[]): string {
  const { token_endpoint_auth_method: first, token_endpoint_auth_methods_supported: others = [] } = metadata;
  // RFC 7591 §2: If unspecified or omitted, the default is "client_secret_basic".
  const asked =
    first === undefined && others.length === 0 ? ['client_secret_basic'] : [...(first ? [first] : []), ...others];
  const hasKeys = metadata.jwks !== undefined || metadata.jwks_uri !== undefined;
  const possible = offered.filter((method) => asked.includes(method) && (method !== 'private_key_jwt' || hasKeys));
  const method = possible.find((candidate) => candidate === first) ?? possible[0];
  if (method) return method;
  if (asked.includes('private_key_jwt') && offered.includes('private_key_jwt')) {
    throw invalid('private_key_jwt needs jwks or jwks_uri.');
  }
  throw invalid(`token_endpoint_auth_method must be one of: ${offered.join(', ')}.`);
}

function invalidMetadata(error: z.ZodError): OAuthError {
  const issue = error.issues[0];
  const field = issue?.path.join('.') || 'the document';
  const code = issue?.path[0] === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata';
  return new OAuthError(code, `${field}: ${issue?.message}.`);
}

const invalid = (description: string) => new OAuthError('invalid_client_metadata', description);

function checkChoice(field: string, value: string | undefined, choices: readonly string[]): void {
  if (value !== undefined && !choices.includes(value)) throw invalid(`${field} must be one of: ${choices.join(', ')}.`);
}

/** Where a person lands after signing out: held to the same as a redirect URI. */
function checkReturnUri(uri: string, applicationType: string | undefined): void {
  try {
    checkRedirectUri(uri, applicationType);
  } catch (error) {
    if (error instanceof OAuthError) throw invalid(`post_logout_redirect_uris: ${error.description}`);
    throw error;
  }
}

/** RFC 7591 §2: the client's public keys. A private or shared one would be known to everybody who reads this. */
function checkPublicKey({ kty, d, k }: Record<string, unknown>): void {
  if (typeof kty !== 'string' || kty === 'oct' || d !== undefined || k !== undefined) {
    throw invalid('jwks must hold public keys, and nothing else.');
  }
}

function checkScope(scope: string): string {
  try {
    return parseScope(scope).join(' ');
  } catch (cause) {
    throw new OAuthError('invalid_client_metadata', 'scope holds a character that a scope cannot have.', { cause });
  }
}

/**
 * RFC 7591 §2: the server may replace what was requested. What it cannot do is left out and the answer shows what
 * was registered; a client that could then do nothing is refused.
 */
function supportedFlow(metadata: Sent, method: string, can: Capabilities, by: GrantFacts['registeredBy']) {
  const supported = can.grants.filter(
    ({ registeredBy, confidentialOnly }) =>
      (by === 'administrator' || registeredBy === 'anybody') && (!confidentialOnly || method !== 'none'),
  );
  const names = supported.map(({ grantType }) => grantType);
  const grant_types = [...new Set(metadata.grant_types)].filter((grant) => names.includes(grant));
  // A refresh token comes from another grant.
  if (!grant_types.some((grant) => grant !== 'refresh_token')) {
    const for_whom = method === 'none' ? ' for a client that does not authenticate' : '';
    throw invalid(`grant_types must include one of those supported${for_whom}: ${names.join(', ')}.`);
  }
  if (!grant_types.includes('authorization_code')) return { grant_types, response_types: [] };
  if (metadata.redirect_uris.length === 0) {
    throw new OAuthError('invalid_redirect_uri', 'redirect_uris: at least one redirect URI is needed.');
  }
  if (!metadata.response_types.includes('code')) throw invalid('response_types must include code.');
  return { grant_types, response_types: ['code'] };
}

function internationalisedFields(input: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(input).filter(([name]) => INTERNATIONALISED.test(name));
  for (const [name, value] of entries) {
    const schema = name.startsWith('client_name#') ? Text.min(1).max(200) : WebUrl;
    if (!schema.safeParse(value).success) throw invalid(`${name} must be of the same form as ${name.split('#')[0]}.`);
  }
  if (entries.length > 50) throw invalid('there are too many languages.');
  return Object.fromEntries(entries) as Record<string, string>;
}
