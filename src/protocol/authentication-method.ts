/**
 * The client authentication methods (RFC 6749 §2.3, RFC 7523 §2.2), each once, for this server's clients and for this
 * server as a client: authentication, metadata, registration, admin records, console and command read this table.
 */

export const CLIENT_SECRET_BASIC = 'client_secret_basic';
export const CLIENT_SECRET_POST = 'client_secret_post';
export const PRIVATE_KEY_JWT = 'private_key_jwt';
/** draft-ietf-oauth-spiffe-client-auth §4: a JWT-SVID. */
export const SPIFFE_JWT = 'spiffe_jwt';
/** RFC 7591 §2: a public client, which does not have a client secret. */
export const NO_AUTHENTICATION = 'none';

/** The methods of this server's clients, the strongest first. */
export const AUTHENTICATION_METHODS = [
  PRIVATE_KEY_JWT,
  SPIFFE_JWT,
  CLIENT_SECRET_BASIC,
  CLIENT_SECRET_POST,
  NO_AUTHENTICATION,
];

/** The methods whose keys are registered: `jwks` or `jwks_uri`. */
export const KEYED_METHODS: readonly string[] = [PRIVATE_KEY_JWT, SPIFFE_JWT];

/** The methods that only an administrator can register: the trust in the keys is theirs. */
export const ADMINISTERED_METHODS: readonly string[] = [SPIFFE_JWT];

/** The methods of this server as a client, in order of preference. */
export const CLIENT_AUTH_METHODS = [
  CLIENT_SECRET_BASIC,
  CLIENT_SECRET_POST,
  PRIVATE_KEY_JWT,
  NO_AUTHENTICATION,
] as const;
export type ClientAuthMethod = (typeof CLIENT_AUTH_METHODS)[number];

const labelled = (method: string, about: string) => `${method}: ${about}`;

/** The labels that administrators read. */
export const AUTHENTICATION_METHOD_LABELS: Readonly<Record<ClientAuthMethod, string>> = {
  [CLIENT_SECRET_BASIC]: labelled(CLIENT_SECRET_BASIC, 'secret in the Authorization header'),
  [CLIENT_SECRET_POST]: labelled(CLIENT_SECRET_POST, 'secret in the request body'),
  [PRIVATE_KEY_JWT]: labelled(PRIVATE_KEY_JWT, 'signed assertion, no shared secret'),
  [NO_AUTHENTICATION]: labelled(NO_AUTHENTICATION, 'public client'),
};

/** The same, with the methods of this server's clients alone. */
export const CLIENT_METHOD_LABELS: Readonly<Record<string, string>> = {
  ...AUTHENTICATION_METHOD_LABELS,
  [SPIFFE_JWT]: labelled(SPIFFE_JWT, 'JWT-SVID of a SPIFFE workload'),
};

/** The authentication methods that a registered client may use. */
type Methods = { token_endpoint_auth_method?: string | undefined };

/** RFC 7591 §2, RFC 8414 §2: If unspecified or omitted, the default is "client_secret_basic". */
export const DEFAULT_METHOD = CLIENT_SECRET_BASIC;

/** The registered authentication method, or the default. */
export const authMethodOf = ({ token_endpoint_auth_method = DEFAULT_METHOD }: Methods): string =>
  token_endpoint_auth_method;

/** The accepted authentication methods: the registered one, or both secret methods where none was registered. */
export const acceptedAuthMethodsOf = ({ token_endpoint_auth_method: method }: Methods): readonly string[] =>
  method === undefined ? [CLIENT_SECRET_BASIC, CLIENT_SECRET_POST] : [method];
