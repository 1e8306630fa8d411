/** Faults of registration, CORS, the authorization endpoint, the token endpoint and the access token. */
import type { ClientProfile } from '../profiles.ts';
import { noProfile } from './affected.ts';
import type { Fault } from './fault.ts';
import { CORS, REGISTRATION } from './registration.ts';

const followsTheLetter = ({ id }: ClientProfile) => id === 'bare';

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
