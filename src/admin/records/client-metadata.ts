/**
 * The fields of a client's metadata: what a client registers (RFC 7591 §2). A new one is one member of `MetadataMembers`
 * and one entry here. An administrator sets them for the clients that an administrator created.
 */
import * as z from 'zod';
import {
  AUTHENTICATION_METHOD_LABELS,
  CLIENT_SECRET_BASIC,
  CLIENT_SECRET_POST,
  NO_AUTHENTICATION,
  PRIVATE_KEY_JWT,
} from '../../protocol/authentication-method.ts';
import { ClientMetadataSchema } from '../../protocol/client-metadata-members.ts';
import { AUTHORIZATION_CODE, CLIENT_CREDENTIALS, GRANT_TYPE_LABELS } from '../../protocol/grant-type.ts';
import { redirectUriProblem } from '../../protocol/redirect-uri.ts';
import { SCOPE_TOKEN } from '../../protocol/scope.ts';
import type { RecordField } from './field.ts';

/** The members that decide which fields of a client have a meaning; those that a form leaves open are left out. */
export type ClientSubject = {
  token_endpoint_auth_method?: string | undefined;
  grant_types?: readonly string[] | undefined;
  jwks?: unknown;
};

type MetadataField = Omit<RecordField, 'schema' | 'within'> & { help: string };

type MetadataName = keyof typeof ClientMetadataSchema.shape;

export const redirects = ({ grant_types }: ClientSubject) => grant_types?.includes(AUTHORIZATION_CODE) ?? true;
export const isConfidential = ({ token_endpoint_auth_method: method }: ClientSubject) => method !== NO_AUTHENTICATION;
const hasKeys = ({ token_endpoint_auth_method: method = PRIVATE_KEY_JWT }: ClientSubject) => method === PRIVATE_KEY_JWT;
export const signsIn = ({ grant_types }: ClientSubject) =>
  grant_types?.some((grant) => grant !== CLIENT_CREDENTIALS) ?? true;
export const uses = (grantType: string) => (client: ClientSubject) => client.grant_types?.includes(grantType) ?? true;

/** Client metadata that a client registers (RFC 7591 §2), or an administrator for the clients that an administrator created. */
export const METADATA = {
  client_name: {
    label: 'Name',
    sort: 'name',
    help: 'The name that users read on the consent page.',
    option: 'name',
    required: () => true,
  },
  redirect_uris: {
    label: 'Redirect URIs',
    sort: 'address',
    display: 'lines',
    help: 'Where the user returns to after authorizing, compared exactly: https, http on loopback, or the private-use scheme of an app, such as com.example.app:/callback.',
    option: 'redirect-uri',
    when: redirects,
    required: redirects,
  },
  post_logout_redirect_uris: {
    label: 'Post-logout redirect URIs',
    display: 'lines',
    help: 'Where the user may return to after signing out (OpenID Connect RP-Initiated Logout).',
    option: 'post-logout-redirect-uri',
    when: redirects,
  },
  token_endpoint_auth_method: {
    label: 'Client authentication',
    help: 'How the client authenticates at the token endpoint: with a secret (client_secret_basic, client_secret_post, or either where no method is set), private_key_jwt with a key of its own, none for a public client.',
    option: 'auth-method',
    from: 'authMethods',
    choices: {
      '': `${CLIENT_SECRET_BASIC} or ${CLIENT_SECRET_POST}: secret in either place`,
      ...AUTHENTICATION_METHOD_LABELS,
    },
  },
  grant_types: {
    label: 'Grant types',
    display: 'lines',
    help: 'The grants that the client may use at the token endpoint.',
    option: 'grant-type',
    from: 'grantTypes',
    choices: GRANT_TYPE_LABELS,
  },
  jwks_uri: {
    label: 'JWKS URI',
    help: "The address of the client's public keys, for private_key_jwt.",
    when: hasKeys,
    required: ({ token_endpoint_auth_method: method, jwks }) => method === PRIVATE_KEY_JWT && jwks === undefined,
  },
  jwks: {
    label: 'JWKS',
    help: "The client's public keys themselves, for private_key_jwt without an address.",
    when: hasKeys,
    advanced: true,
  },
  scope: {
    label: 'Scopes',
    known: 'scopes',
    help: 'The scopes that the client may request, separated by spaces. Not set: all that the metadata lists.',
  },
  client_uri: { label: 'Home page', help: 'The home page of the application, shown on the consent page.' },
  logo_uri: { label: 'Logo', help: 'An https address. This server fetches it and shows it on the consent page.' },
  policy_uri: { label: 'Privacy policy', help: 'A page that says how the application uses data.', advanced: true },
  tos_uri: { label: 'Terms of service', help: "A page with the application's terms of service.", advanced: true },
  contacts: {
    label: 'Contacts',
    help: 'Whom to ask about this client, such as e-mail addresses.',
    option: 'contact',
    advanced: true,
  },
  application_type: {
    label: 'Application type',
    help: 'web or native (OpenID Connect Dynamic Client Registration §2). Kept and returned; it decides nothing.',
    advanced: true,
  },
  id_token_signed_response_alg: {
    label: 'ID token algorithm',
    help: 'The algorithm that signs id_tokens and logout tokens of this client. Not set: as the setting says, RS256 by default.',
    from: 'idTokenAlgorithms',
    when: redirects,
    advanced: true,
  },
  userinfo_signed_response_alg: {
    label: 'UserInfo algorithm',
    help: 'Not set: /userinfo answers with plain JSON. Otherwise with a JWT signed with this algorithm.',
    from: 'idTokenAlgorithms',
    when: redirects,
    advanced: true,
  },
  token_endpoint_auth_signing_alg: {
    label: 'Client assertion algorithm',
    help: 'The only algorithm accepted in client assertions of this client (private_key_jwt).',
    from: 'assertionAlgorithms',
    when: hasKeys,
    advanced: true,
  },
  default_max_age: {
    label: 'Default maximum authentication age (seconds)',
    help: 'max_age of authorization requests that name none: an older sign-in is asked to authenticate again.',
    when: redirects,
    advanced: true,
  },
  require_auth_time: {
    label: 'Require auth_time',
    help: 'Whether the client needs auth_time in the id_token. This server always sends it.',
    when: redirects,
    advanced: true,
  },
  default_acr_values: {
    label: 'Default ACR values',
    help: 'acr_values of authorization requests that name none, the preferred first.',
    option: 'default-acr-value',
    when: redirects,
    advanced: true,
  },
  backchannel_logout_uri: {
    label: 'Back-channel logout URI',
    help: 'Where this server sends a logout token when a session of the user ends (OpenID Connect Back-Channel Logout).',
    when: redirects,
    advanced: true,
  },
  backchannel_logout_session_required: {
    label: 'Back-channel logout needs sid',
    help: 'Whether logout tokens must name the session. This server always names it.',
    when: redirects,
    advanced: true,
  },
  require_pushed_authorization_requests: {
    label: 'Require pushed authorization requests',
    help: 'Accept authorization requests of this client only by PAR (RFC 9126).',
    option: 'require-par',
    when: redirects,
    advanced: true,
  },
  dpop_bound_access_tokens: {
    label: 'Require DPoP',
    help: 'Issue only sender-constrained tokens to this client (RFC 9449).',
    option: 'require-dpop',
    advanced: true,
  },
  initiate_login_uri: {
    label: 'Initiate login URI',
    help: 'The address at which a third party can start a sign-in of this client (OpenID Connect Core §4). Kept and returned; this server never uses it.',
    when: redirects,
    advanced: true,
  },
  software_id: {
    label: 'Software ID',
    help: 'The identifier of the software, the same for every installation.',
    advanced: true,
  },
  software_version: { label: 'Software version', help: 'The version of the software.', advanced: true },
  token_endpoint_auth_methods_supported: {
    label: 'Supported authentication methods',
    help: 'Alternatives to the authentication method, of which this server chooses (RP Metadata Choices).',
    option: 'supported-auth-method',
    notInConsole: 'the field "Client authentication" names the one that is used',
  },
  response_types: {
    label: 'Response types',
    help: 'Only code is supported.',
    option: 'response-type',
    notInConsole: 'it follows from the grant types',
  },
  subject_type: {
    label: 'Subject type',
    help: 'Only public is supported: every client knows a user by the same sub.',
    notInConsole: 'there is only one',
  },
} as const satisfies Record<MetadataName, MetadataField>;

/** Validates redirect URIs one by one, so that a form can show which are wrong; parsing the metadata validates them again. */
const RedirectUris = z.array(
  z.string().superRefine((uri, context) => {
    const message = redirectUriProblem(uri);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  }),
);

const Scopes = z
  .string()
  .max(2000)
  .refine((text) => text.split(/\s+/).every((name) => name === '' || SCOPE_TOKEN.test(name)), {
    error: 'must be names with spaces between them, of printable characters without quotation marks and backslashes',
  });

/** Makes optional members nullable: null removes the value. */
function nullable<Shape extends Record<string, z.ZodType>>(shape: Shape): Record<keyof Shape, z.ZodType> {
  const entries = Object.entries(shape).map(([name, schema]) => [
    name,
    schema instanceof z.ZodOptional ? schema.nullable() : schema,
  ]);
  return Object.fromEntries(entries);
}

/** The schemas that forms judge metadata with, field by field. */
const FORM_SCHEMAS: Record<MetadataName, z.ZodType> = {
  ...nullable(ClientMetadataSchema.shape),
  redirect_uris: RedirectUris,
  post_logout_redirect_uris: RedirectUris,
  scope: Scopes,
};

/** The fields of the metadata, in the order in which they are shown. */
export const METADATA_FIELDS: Readonly<Record<string, RecordField>> = Object.fromEntries(
  Object.entries(METADATA).map(([name, field]) => [
    name,
    { ...field, schema: FORM_SCHEMAS[name as MetadataName], within: 'metadata' },
  ]),
);

export const isMetadata = (name: string): boolean => Object.hasOwn(METADATA, name);
