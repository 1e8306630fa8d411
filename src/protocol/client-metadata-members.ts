/** The members of client metadata (RFC 7591 §2), and the informational ones. */
import * as z from 'zod';
import { isPlainText, NOT_PLAIN_TEXT } from './control-characters.ts';
import { AUTHORIZATION_CODE } from './grant-type.ts';
import { isJsonObject } from './json-object.ts';
import { isNotSet } from './not-set.ts';
import { OAuthError } from './oauth-error.ts';
import { PlainText } from './plain-text.ts';
import { isKeyOf } from './table.ts';
import { SecureUrl, WebUrl } from './web-url.ts';

const Text = PlainText.max(2000);
/** Back-Channel Logout §2.2: it MUST be an absolute URI and MUST NOT include a fragment. */
const LogoutUrl = SecureUrl.refine((uri) => !uri.includes('#'), { error: 'must not have a fragment' });

/** The client metadata of a registration (RFC 7591 §2). */
export const ClientMetadataSchema = z.object({
  redirect_uris: z.array(Text).max(50).default([]),
  token_endpoint_auth_method: z.string().optional(),
  // OpenID Connect RP Metadata Choices §2: the supported methods, of which the server chooses one.
  token_endpoint_auth_methods_supported: z.array(z.string().max(200)).max(20).optional(),
  token_endpoint_auth_signing_alg: z.string().optional(),
  grant_types: z.array(z.string().max(200)).max(20).default([AUTHORIZATION_CODE]),
  response_types: z.array(z.string().max(200)).max(20).default(['code']),
  client_name: Text.min(1).max(200).optional(),
  client_uri: WebUrl.optional(),
  logo_uri: WebUrl.optional(),
  scope: Text.optional(),
  contacts: z.array(Text).max(20).optional(),
  tos_uri: WebUrl.optional(),
  policy_uri: WebUrl.optional(),
  jwks_uri: SecureUrl.optional(),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(20) }).optional(),
  software_id: Text.optional(),
  software_version: Text.optional(),
  // OpenID Connect Dynamic Client Registration §2
  application_type: z.enum(['web', 'native']).optional(),
  id_token_signed_response_alg: z.string().optional(),
  userinfo_signed_response_alg: z.string().optional(),
  subject_type: z.enum(['public'], { error: 'must be public: every client receives the same sub' }).optional(),
  default_max_age: z.int().min(0).max(999_999_999).optional(),
  require_auth_time: z.boolean().optional(),
  default_acr_values: z.array(z.string().max(200)).max(20).optional(),
  initiate_login_uri: SecureUrl.optional(),
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
type Name = keyof typeof ClientMetadataSchema.shape;

/** Members without a security function: an invalid value is dropped and does not refuse the registration. */
const INFORMATIONAL_MEMBERS: readonly Name[] = [
  'client_name',
  'client_uri',
  'logo_uri',
  'tos_uri',
  'policy_uri',
  'contacts',
  'software_id',
  'software_version',
  'application_type',
  'initiate_login_uri',
  'backchannel_logout_session_required',
];

/** Human-readable members with a language tag, such as `client_name#de` (RFC 7591 §2.2). */
export const LANGUAGE_TAGGED_NAME = /^(client_name|client_uri|logo_uri|tos_uri|policy_uri)#[A-Za-z0-9-]{1,35}$/;
const MAX_LANGUAGE_TAGGED = 50;

const isInformational = (name: string): name is Name => INFORMATIONAL_MEMBERS.some((member) => member === name);

/**
 * Drops invalid informational members (RFC 7591 §3.2.1: the server may replace requested values).
 * @throws OAuthError invalid_client_metadata for text with control characters.
 */
export function dropUnusableMembers(sent: unknown): unknown {
  if (!isJsonObject(sent)) return sent;
  const entries = Object.entries(sent).flatMap(([name, value]) => {
    if (!isInformational(name)) return [[name, value]];
    const present = Array.isArray(value) ? value.filter((item) => !isNotSet(item)) : value;
    return !isNotSet(present) && isUsable(name, ClientMetadataSchema.shape[name], present) ? [[name, present]] : [];
  });
  return Object.fromEntries(entries);
}

function isUsable(name: string, schema: z.ZodType, value: unknown): boolean {
  if (schema.safeParse(value).success) return true;
  const texts = [value].flat().filter((text) => typeof text === 'string');
  if (!texts.every(isPlainText)) throw new OAuthError('invalid_client_metadata', `${name}: ${NOT_PLAIN_TEXT.error}.`);
  return false;
}

/** The valid members with a language tag (RFC 7591 §2.2). */
export function languageTaggedMembers(sent: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(sent).filter(([name, value]) => {
    const [, field = ''] = LANGUAGE_TAGGED_NAME.exec(name) ?? [];
    return isKeyOf(ClientMetadataSchema.shape, field) && isUsable(name, ClientMetadataSchema.shape[field], value);
  });
  return Object.fromEntries(entries.slice(0, MAX_LANGUAGE_TAGGED)) as Record<string, string>;
}
