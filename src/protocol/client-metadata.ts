/** Client metadata (RFC 7591 §2): validation and defaults. Unknown members are ignored. */
import type * as z from 'zod';
import {
  ADMINISTERED_METHODS,
  DEFAULT_METHOD,
  KEYED_METHODS,
  NO_AUTHENTICATION,
  PRIVATE_KEY_JWT,
} from './authentication-method.ts';
import { ClientMetadataSchema, dropUnusableMembers, languageTaggedMembers } from './client-metadata-members.ts';
import { containsControlCharacter } from './control-characters.ts';
import { fieldErrors } from './field-errors.ts';
import { AUTHORIZATION_CODE, type GrantTypeDefinition, REFRESH_TOKEN } from './grant-type.ts';
import { isJsonObject } from './json-object.ts';
import { isNotSet, presentMembers } from './not-set.ts';
import { OAuthError } from './oauth-error.ts';
import { checkRedirectUris } from './redirect-uri.ts';
import { parseScope } from './scope.ts';

/** The largest self-registration, in bytes of JSON. */
export const MAX_REGISTRATION_BYTES = 8 * 1024;

/** The most redirect URIs of each kind, and the longest, of a self-registration. */
const MAX_URIS = 20;
const MAX_URI_LENGTH = 1000;

type RegisteredMembers = z.infer<typeof ClientMetadataSchema>;
export type ClientMetadata = RegisteredMembers & {
  [internationalised: `${string}#${string}`]: string;
};

/** The capabilities of the server: its tables, the strongest methods first. */
export type Capabilities = {
  grants: readonly GrantTypeDefinition[];
  authMethods: readonly string[];
  idTokenAlgorithms: string[];
  assertionAlgorithms: readonly string[];
  /** Allowed private-use schemes without a dot; undefined allows all that are not forbidden. */
  privateUseSchemes?: readonly string[];
};

/**
 * Validates client metadata and applies defaults.
 * @param by the registering party: an administrator can register more grant types.
 * @throws OAuthError invalid_redirect_uri or invalid_client_metadata (RFC 7591 §3.2.2).
 */
export function parseClientMetadata(
  input: unknown,
  can: Capabilities,
  by: GrantTypeDefinition['registeredBy'],
): ClientMetadata {
  // A metadata document comes from another server and was not checked by the HTTP parser.
  if (containsControlCharacter(input)) throw invalid('it holds a control character.');
  const sent = presentMembers(input);
  // OpenID Connect Dynamic Client Registration §5: a server that uses it MUST validate it. Every sub here is public.
  if (holdsMember(sent, 'sector_identifier_uri')) {
    throw invalid('sector_identifier_uri is not supported: subject_type is public for every client.');
  }
  const parsed = ClientMetadataSchema.safeParse(dropUnusableMembers(sent));
  if (!parsed.success) throw invalidMetadata(parsed.error);
  const metadata = { ...parsed.data, ...(isJsonObject(sent) && languageTaggedMembers(sent)) };
  checkRedirectUris('redirect_uris', metadata.redirect_uris, can.privateUseSchemes);
  checkRedirectUris('post_logout_redirect_uris', metadata.post_logout_redirect_uris ?? [], can.privateUseSchemes);
  if (metadata.scope !== undefined) metadata.scope = checkScope(metadata.scope);
  // RFC 7591 §2: The "jwks_uri" and "jwks" parameters MUST NOT both be present in the same request or response.
  if (metadata.jwks && metadata.jwks_uri) throw invalid('jwks and jwks_uri must not both be given.');
  for (const key of metadata.jwks?.keys ?? []) checkPublicKey(key);
  checkChoice('id_token_signed_response_alg', metadata.id_token_signed_response_alg, can.idTokenAlgorithms);
  checkChoice('userinfo_signed_response_alg', metadata.userinfo_signed_response_alg, can.idTokenAlgorithms);
  const method = chooseAuthMethod(metadata, methodsFor(by, can.authMethods));
  metadata.token_endpoint_auth_signing_alg = assertionAlgorithm(metadata, method, can.assertionAlgorithms);
  const registered = { ...metadata, ...supportedFlow(metadata, method, can, by) };
  if (namesMethod(metadata)) registered.token_endpoint_auth_method = method;
  if (by === 'client') checkSize(registered);
  return registered;
}

/** Bounds the size of a self-registration, which is open to unauthenticated requests (RFC 7591 §5). */
function checkSize(metadata: RegisteredMembers): void {
  const { redirect_uris, post_logout_redirect_uris = [] } = metadata;
  const problem = (uris: string[]) => {
    if (uris.length > MAX_URIS) return `at most ${MAX_URIS} can be registered.`;
    return uris.some((uri) => uri.length > MAX_URI_LENGTH) ? `each may have ${MAX_URI_LENGTH} characters.` : undefined;
  };
  const redirectProblem = problem(redirect_uris);
  if (redirectProblem) throw new OAuthError('invalid_redirect_uri', `redirect_uris: ${redirectProblem}`);
  const logoutProblem = problem(post_logout_redirect_uris);
  if (logoutProblem) throw invalid(`post_logout_redirect_uris: ${logoutProblem}`);
  if (Buffer.byteLength(JSON.stringify(metadata)) > MAX_REGISTRATION_BYTES) {
    throw invalid(`the registration is larger than ${MAX_REGISTRATION_BYTES} bytes.`);
  }
}

type Methods = Pick<RegisteredMembers, 'token_endpoint_auth_method' | 'token_endpoint_auth_methods_supported'>;

const namesMethod = (metadata: Methods): boolean =>
  metadata.token_endpoint_auth_method !== undefined ||
  (metadata.token_endpoint_auth_methods_supported ?? []).length > 0;

const methodsFor = (by: GrantTypeDefinition['registeredBy'], methods: readonly string[]) =>
  by === 'administrator' ? methods : methods.filter((method) => !ADMINISTERED_METHODS.includes(method));

/** The requested method if possible, else the strongest of `token_endpoint_auth_methods_supported`. */
function chooseAuthMethod(metadata: RegisteredMembers, offered: readonly string[]): string {
  const { token_endpoint_auth_method: first, token_endpoint_auth_methods_supported: others = [] } = metadata;
  const requested = namesMethod(metadata) ? [...(first ? [first] : []), ...others] : [DEFAULT_METHOD];
  const hasKeys = metadata.jwks !== undefined || metadata.jwks_uri !== undefined;
  const possible = offered.filter(
    (method) => requested.includes(method) && (hasKeys || !KEYED_METHODS.includes(method)),
  );
  const method = possible.find((candidate) => candidate === first) ?? possible[0];
  if (method) return method;
  const keyed = KEYED_METHODS.find((name) => requested.includes(name) && offered.includes(name));
  if (keyed) throw invalid(`${keyed} needs jwks or jwks_uri.`);
  throw invalid(`token_endpoint_auth_method must be one of: ${offered.join(', ')}.`);
}

function invalidMetadata(error: z.ZodError): OAuthError {
  const issue = error.issues[0];
  const field = issue?.path.join('.') || 'the document';
  const code = issue?.path[0] === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata';
  return new OAuthError(code, `${field}: ${issue?.message}.`, { fields: fieldErrors(error.issues) });
}

const holdsMember = (sent: unknown, name: string): boolean => isJsonObject(sent) && Object.hasOwn(sent, name);

const invalid = (description: string) => new OAuthError('invalid_client_metadata', description);

function checkChoice(field: string, value: string | undefined, choices: readonly string[]): void {
  if (value !== undefined && !choices.includes(value)) throw invalid(`${field} must be one of: ${choices.join(', ')}.`);
}

/** Refuses private and symmetric keys: `jwks` is public (RFC 7591 §2). */
function checkPublicKey({ kty, d, k }: Record<string, unknown>): void {
  if (typeof kty !== 'string' || kty === 'oct' || !isNotSet(d) || !isNotSet(k)) {
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
 * Drops unsupported grant and response types (RFC 7591 §2: the server may replace requested values).
 * @throws OAuthError invalid_client_metadata where no usable grant type is left.
 */
function supportedFlow(
  metadata: RegisteredMembers,
  method: string,
  can: Capabilities,
  by: GrantTypeDefinition['registeredBy'],
) {
  const supported = can.grants.filter(
    ({ registeredBy, confidentialOnly }) =>
      (by === 'administrator' || registeredBy === 'client') && (!confidentialOnly || method !== NO_AUTHENTICATION),
  );
  const names = supported.map(({ grantType }) => grantType);
  const grant_types = [...new Set(metadata.grant_types)].filter((grant) => names.includes(grant));
  // Another grant issues the refresh token.
  if (!grant_types.some((grant) => grant !== REFRESH_TOKEN)) {
    const forPublic = method === NO_AUTHENTICATION ? ' for a client that does not authenticate' : '';
    throw invalid(`grant_types must include one of those supported${forPublic}: ${names.join(', ')}.`);
  }
  if (!grant_types.includes(AUTHORIZATION_CODE)) return { grant_types, response_types: [] };
  if (metadata.redirect_uris.length === 0) {
    throw new OAuthError('invalid_redirect_uri', 'redirect_uris: at least one redirect URI is needed.');
  }
  if (!metadata.response_types.includes('code')) throw invalid('response_types must include code.');
  return { grant_types, response_types: ['code'] };
}

/** Validates the algorithm for private_key_jwt; with another method an unknown one is dropped. */
function assertionAlgorithm(
  { token_endpoint_auth_signing_alg: algorithm }: RegisteredMembers,
  method: string,
  known: readonly string[],
): string | undefined {
  if (method === PRIVATE_KEY_JWT) checkChoice('token_endpoint_auth_signing_alg', algorithm, known);
  return algorithm !== undefined && known.includes(algorithm) ? algorithm : undefined;
}
