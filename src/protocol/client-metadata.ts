/** Client metadata (RFC 7591 §2): every field of the RFC is kept, an unknown one is ignored. */
import * as z from 'zod';
import { OAuthError } from './oauth-error.ts';
import { checkRedirectUri } from './redirect-uri.ts';
import { parseScope } from './scope.ts';

const Text = z.string().max(2000);
/** A link that a page shows: never `javascript:` or another scheme. */
const WebUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2000);

export const ClientMetadata = z.object({
  redirect_uris: z.array(Text).min(1, 'at least one redirect URI is needed').max(50),
  token_endpoint_auth_method: z.string().default('client_secret_basic'),
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
});
export type ClientMetadata = z.infer<typeof ClientMetadata> & { [internationalised: `${string}#${string}`]: string };

/** RFC 7591 §2.2: human-readable fields may come in several languages, as `client_name#de`. */
const INTERNATIONALISED = /^(client_name|client_uri|logo_uri|tos_uri|policy_uri)#[A-Za-z0-9-]{1,35}$/;

/** What the server can do: the keys of its tables. */
export type Capabilities = { grantTypes: string[]; authMethods: string[]; idTokenAlgorithms: string[] };

/**
 * @throws OAuthError invalid_redirect_uri or invalid_client_metadata (RFC 7591 §3.2.2).
 */
export function parseClientMetadata(input: unknown, can: Capabilities): ClientMetadata {
  const parsed = ClientMetadata.safeParse(input);
  if (!parsed.success) throw invalidMetadata(parsed.error);
  const metadata = { ...parsed.data, ...internationalisedFields(input as Record<string, unknown>) };
  for (const uri of metadata.redirect_uris) checkRedirectUri(uri, metadata.application_type);
  if (metadata.scope !== undefined) metadata.scope = checkScope(metadata.scope);
  // RFC 7591 §2: The "jwks_uri" and "jwks" parameters MUST NOT both be present in the same request or response.
  if (metadata.jwks && metadata.jwks_uri) throw invalid('jwks and jwks_uri must not both be given.');
  checkChoice('token_endpoint_auth_method', metadata.token_endpoint_auth_method, can.authMethods);
  if (metadata.id_token_signed_response_alg !== undefined) {
    checkChoice('id_token_signed_response_alg', metadata.id_token_signed_response_alg, can.idTokenAlgorithms);
  }
  return { ...metadata, ...supportedFlow(metadata, can) };
}

function invalidMetadata(error: z.ZodError): OAuthError {
  const issue = error.issues[0];
  const field = issue?.path.join('.') || 'the document';
  const code = issue?.path[0] === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata';
  return new OAuthError(code, `${field}: ${issue?.message}.`);
}

const invalid = (description: string) => new OAuthError('invalid_client_metadata', description);

function checkChoice(field: string, value: string, choices: string[]): void {
  if (!choices.includes(value)) throw invalid(`${field} must be one of: ${choices.join(', ')}.`);
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
function supportedFlow(metadata: z.infer<typeof ClientMetadata>, can: Capabilities) {
  const grant_types = [...new Set(metadata.grant_types)].filter((grant) => can.grantTypes.includes(grant));
  if (!grant_types.includes('authorization_code')) {
    throw invalid(`grant_types must include authorization_code; supported: ${can.grantTypes.join(', ')}.`);
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
