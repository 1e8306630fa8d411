/** Faults of registration, CORS, the authorization endpoint, the token endpoint and the access token. */
import type { ClientProfile } from '../profiles.ts';
import type { Fault } from './fault.ts';

const noProfile = () => false;
const followsTheLetter = ({ id }: ClientProfile) => id === 'bare';

const REGISTRATION = {
  'no-registration': {
    clause: 'MCP 2026-07-28, Client Registration: pre-registered, CIMD, or Dynamic Client Registration (RFC 7591)',
    fix: 'Offer a way that this client has: `client_id_metadata_document_supported: true`, or a `registration_endpoint` (in Postern: setting enable_dynamic_client_registration). Or create a client by hand, enter its ID in the client, and test with --client-id.',
  },
  'documents-not-supported': {
    clause: 'CIMD §5; MCP 2026-07-28: SHOULD',
    fix: 'The server does not say `client_id_metadata_document_supported: true`: register the client in another way.',
  },
  'document-unreachable': {
    clause: 'CIMD §4',
    breaks: noProfile,
    fix: 'The document was not fetched from here; the authorization server fetches it itself. Check its address.',
  },
  'document-refused': {
    clause: 'CIMD §4: the response MUST be 200',
    fix: 'Serve the document to every requester: authorization servers fetch it from data centres, which bot rules refuse.',
  },
  'document-redirects': {
    clause: 'CIMD §4: redirects MUST NOT be followed',
    fix: 'Use as client ID the address at which the document is, without redirect (https, host, slash).',
  },
  'document-not-json': {
    clause: 'CIMD §4: application/json or a type built on it',
    fix: 'Send the JSON document with `Content-Type: application/json`; a page of the application is served at this address.',
  },
  'document-too-large': {
    clause: 'CIMD §6.6: more than 5 kilobytes need not be read',
    fix: 'Shorten the document to 5 KB: move keys to `jwks_uri`, and the logo to `logo_uri`.',
  },
  'document-client-id': {
    clause: 'CIMD §4.1: client_id MUST be the URL of the document, compared as text',
    fix: 'Set `client_id` in the document to its own address, byte for byte.',
  },
  'document-redirect-uris': {
    clause: 'RFC 7591 §2; MCP 2026-07-28: redirect_uri MUST be in the document',
    fix: 'List the redirect URIs of the client in `redirect_uris`.',
  },
  'document-secret': {
    clause: 'CIMD §4.1: no client_secret, and no authentication method that uses one',
    fix: 'Remove `client_secret`, and use `none` or `private_key_jwt` as `token_endpoint_auth_method`.',
  },
  'registration-endpoint-missing': {
    clause: 'RFC 7591 §3',
    fix: 'Let `registration_endpoint` be the address that answers POST; in Postern: setting enable_dynamic_client_registration.',
  },
  'registration-refused': {
    clause: 'RFC 7591 §3; MCP clients have no initial access token',
    fix: 'Allow registration without an initial access token (in Postern: setting registration_needs_token), support CIMD, or create a client by hand and test with --client-id.',
  },
  'registration-rejected': {
    clause: 'RFC 7591 §3.2.2; §2: unknown members MUST be ignored',
    fix: 'Accept what was sent, or register the client by hand. For redirect URIs with a private-use scheme, in Postern: setting private_use_schemes.',
  },
  'registration-response': {
    clause: 'RFC 7591 §3.2.1: 201 with client_id and the registered metadata',
    fix: 'Answer 201 with a JSON object that has `client_id`, and `client_secret` where the registered method uses one.',
  },
  'registered-redirect-uri': {
    clause: 'RFC 7591 §3.2.1; OAuth 2.1: exact comparison of redirect URIs',
    fix: 'Register the redirect URIs as they were sent.',
  },
  'registration-remains': {
    clause: 'RFC 7592 §2.3',
    breaks: noProfile,
    fix: 'This server offers no deletion of registrations: delete the client by hand.',
  },
} satisfies Record<string, Fault>;

const CORS = {
  'cors-metadata': {
    clause: 'Fetch Standard, CORS protocol; RFC 9728 §3, RFC 8414 §3',
    fix: 'Send `Access-Control-Allow-Origin: *` with the metadata documents.',
  },
  'cors-endpoint': {
    clause: 'Fetch Standard, CORS protocol',
    fix: 'Answer the preflight (OPTIONS, without authentication) with the origin, the method and the headers that it names; `*` does not include Authorization. In Postern: allowed origins of the client, or setting allowed_public_client_origins.',
  },
  'cors-challenge-hidden': {
    clause: 'Fetch Standard, Access-Control-Expose-Headers',
    breaks: noProfile,
    fix: 'Send `Access-Control-Expose-Headers: WWW-Authenticate, Mcp-Session-Id` with answers of the MCP server.',
  },
} satisfies Record<string, Fault>;

const AUTHORIZE = {
  'authorize-not-found': {
    clause: 'RFC 6749 §3.1: the endpoint MUST support GET',
    fix: 'Let `authorization_endpoint` be the address of the page at which users sign in.',
  },
  'authorize-refused': {
    clause: 'RFC 6749 §4.1.1',
    fix: 'The page says what was refused: redirect URI, client or scope. In Postern: Recent problems on the page of the client.',
  },
  'authorize-error': {
    clause: 'RFC 6749 §4.1.2.1; invalid_target: RFC 8707 §2',
    fix: 'invalid_target: register the MCP server as a resource of the authorization server, with exactly this address. invalid_scope: ignore unknown scopes, or offer those that the resource names.',
  },
  'open-redirect': {
    clause: 'RFC 6749 §4.1.2.1: MUST NOT redirect for an unknown client or an invalid redirect URI',
    breaks: followsTheLetter,
    fix: 'Show a page; validate client and redirect URI before anything else.',
  },
  'iss-missing': {
    clause: 'RFC 9207 §2: iss in success and error responses, where the metadata says so',
    breaks: followsTheLetter,
    fix: 'Add `iss` to every authorization response.',
  },
  'iss-differs': {
    clause: 'RFC 9207 §2.4: clients MUST reject another issuer',
    fix: 'Let `iss` be the issuer of the metadata, byte for byte.',
  },
  'state-differs': {
    clause: 'RFC 6749 §4.1.2: state is REQUIRED where it was in the request, unchanged',
    fix: 'Return `state` as it was sent.',
  },
} satisfies Record<string, Fault>;

const TOKEN = {
  'token-not-found': {
    clause: 'RFC 6749 §3.2',
    fix: 'Let `token_endpoint` be the address that answers POST.',
  },
  'token-not-json': {
    clause: 'RFC 6749 §5.1, §5.2: application/json',
    fix: 'Answer with a JSON object, errors too: `{"error": "invalid_grant"}` with status 400.',
  },
  'token-error-format': {
    clause: 'RFC 6749 §5.2: status 400 or 401, and error as one of its codes',
    fix: 'Answer errors with `{"error": "invalid_grant"}` and status 400; clients decide by the code.',
  },
  'invalid-code-fails': {
    clause: 'RFC 6749 §5.2: invalid_grant with status 400',
    breaks: noProfile,
    fix: 'Answer a code that was not issued with `{"error": "invalid_grant"}` and status 400, not with a failure; the log of the server says what failed.',
  },
  'code-not-validated': {
    clause: 'RFC 6749 §4.1.3: the authorization server MUST ensure that the code is valid',
    fix: 'Refuse codes that were not issued with `invalid_grant`.',
  },
  'code-grant-refused': {
    clause: 'RFC 6749 §4.1.3',
    fix: 'Enable the authorization code grant for this client, and read the request as a form (application/x-www-form-urlencoded).',
  },
  'token-client-refused': {
    clause: 'RFC 6749 §2.3, §3.2.1: public clients send client_id',
    fix: 'Accept the client with the authentication method that it was registered with: a public client has no secret.',
  },
  'code-refused': {
    clause: 'RFC 6749 §4.1.3; RFC 7636 §4.6; RFC 8707 §2.2',
    fix: 'The error says why a code that was just issued is refused: compare redirect_uri, code_verifier, resource and the clocks.',
  },
  'token-response': {
    clause: 'RFC 6749 §5.1: access_token and token_type are REQUIRED',
    fix: 'Answer with `access_token` and `token_type: "Bearer"`.',
  },
  'token-cacheable': {
    clause: 'RFC 6749 §5.1: Cache-Control: no-store',
    breaks: noProfile,
    fix: 'Send `Cache-Control: no-store` with tokens.',
  },
  'no-refresh-token': {
    clause: 'MCP 2026-07-28, Refresh Tokens',
    breaks: noProfile,
    fix: 'Issue a refresh token to this client (grant type refresh_token, scope offline_access); without it users sign in again whenever the access token expires.',
  },
  'refresh-refused': {
    clause: 'RFC 6749 §6; RFC 8707 §2.2',
    fix: 'Accept the refresh token that was just issued, with the same resource.',
  },
} satisfies Record<string, Fault>;

const ACCESS = {
  'invalid-token-accepted': {
    clause: 'MCP 2026-07-28: MCP servers MUST validate access tokens; OAuth 2.1 §5.2',
    fix: 'Validate signature, issuer, audience and expiry of every token before the request is handled: `check(request, guard)` of @postern/resource-server.',
  },
  'unsigned-token-accepted': {
    clause: 'RFC 8725 §3.1, §3.2; RFC 9068 §4: alg none MUST be rejected',
    fix: 'Verify the signature with the keys of the issuer (jwks_uri); decoding is no validation.',
  },
  'invalid-token-status': {
    clause: 'MCP 2026-07-28, Error Handling: invalid or expired tokens MUST be 401; RFC 6750 §3.1',
    fix: 'Answer an invalid token with 401 and `WWW-Authenticate: Bearer error="invalid_token", resource_metadata="…"`: clients refresh at 401 only.',
  },
  'invalid-token-fails': {
    clause: 'MCP 2026-07-28, Error Handling: invalid or expired tokens MUST be 401',
    breaks: noProfile,
    fix: 'Answer an invalid token with 401, not with a failure: a client whose token is no longer known neither refreshes nor signs in again.',
  },
  'invalid-token-challenge': {
    clause: 'RFC 6750 §3.1: error="invalid_token"',
    breaks: noProfile,
    fix: 'Send `error="invalid_token"` in the challenge for a token that is invalid.',
  },
  'audience-differs': {
    clause: 'RFC 8707 §2; RFC 9068 §4: aud MUST have the identifier of the resource',
    fix: 'Issue tokens for the resource that was requested, and compare the same text at the MCP server: a slash or path makes it another audience.',
  },
  'token-issuer-differs': {
    clause: 'RFC 9068 §4: iss MUST exactly match the issuer',
    fix: 'Let `iss` of the tokens, `issuer` of the metadata and the issuer that the MCP server expects be the same text.',
  },
  'token-refused': {
    clause: 'RFC 6750 §3.1; MCP 2026-07-28, Token Handling',
    fix: 'The MCP server refuses a token that was just issued: compare issuer, audience, keys and clocks; its log says which.',
  },
  'other-audience-accepted': {
    clause: 'MCP 2026-07-28, Security, Audience: MUST reject tokens that were not issued for it; RFC 9068 §4',
    fix: 'Compare `aud` with the identifier of this server: option `resource` of the guard.',
  },
} satisfies Record<string, Fault>;

export const AUTHORIZATION_FAULTS = { ...REGISTRATION, ...CORS, ...AUTHORIZE, ...TOKEN, ...ACCESS };
