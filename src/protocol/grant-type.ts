/**
 * The grant types of the token endpoint, each once: dispatch, metadata, registration, admin records, console and command
 * read this table.
 */
import { ID_JAG_TOKEN_TYPE } from './token-type.ts';

export const AUTHORIZATION_CODE = 'authorization_code';
export const REFRESH_TOKEN = 'refresh_token';
export const CLIENT_CREDENTIALS = 'client_credentials';
/** RFC 8628 §3.4 */
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
/** RFC 8693 §2.1 */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
/** RFC 7523 §2.1 */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** A grant type, and what a client must be to use it. */
export type GrantTypeDefinition = {
  grantType: string;
  /** The name that administrators read. */
  label: string;
  /** `client`: open to Dynamic Client Registration; `administrator`: only an administrator can register it. */
  registeredBy: 'client' | 'administrator';
  /** True if public clients cannot use it. */
  confidentialOnly: boolean;
  /** The profiles in `authorization_grant_profiles_supported`. */
  profiles?: readonly string[];
  /** The token types in `identity_chaining_requested_token_types_supported`. */
  requestedTokenTypes?: readonly string[];
};

/** In the order in which metadata and forms list them. */
export const GRANT_TYPES = [
  { grantType: AUTHORIZATION_CODE, label: 'Authorization code', registeredBy: 'client', confidentialOnly: false },
  { grantType: REFRESH_TOKEN, label: 'Refresh token', registeredBy: 'client', confidentialOnly: false },
  {
    grantType: CLIENT_CREDENTIALS,
    label: 'Client credentials',
    registeredBy: 'administrator',
    // RFC 6749 §4.4: the client credentials grant type MUST only be used by confidential clients.
    confidentialOnly: true,
  },
  { grantType: DEVICE_CODE, label: 'Device authorization (RFC 8628)', registeredBy: 'client', confidentialOnly: false },
  {
    grantType: TOKEN_EXCHANGE,
    label: 'Token exchange (RFC 8693)',
    registeredBy: 'administrator',
    confidentialOnly: true,
    requestedTokenTypes: [ID_JAG_TOKEN_TYPE],
  },
  {
    grantType: JWT_BEARER,
    label: 'JWT bearer (RFC 7523)',
    registeredBy: 'administrator',
    // ID-JAG §9.1: SHOULD only be supported for confidential clients.
    confidentialOnly: true,
    profiles: ['urn:ietf:params:oauth:grant-profile:id-jag'],
  },
] as const satisfies readonly GrantTypeDefinition[];

export type GrantType = (typeof GRANT_TYPES)[number]['grantType'];

/** The labels of the grant types, by name. */
export const GRANT_TYPE_LABELS: Readonly<Record<string, string>> = Object.fromEntries(
  GRANT_TYPES.map(({ grantType, label }) => [grantType, label]),
);
