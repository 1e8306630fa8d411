/** Faults of the challenge and the metadata documents. */
import { comparesIssuer, comparesIssuerLoosely, needsAdvertisedPkce, noProfile, readsOpenid } from './affected.ts';
import { ANY_STEP, CHALLENGE, MCP } from './challenge.ts';
import type { Fault } from './fault.ts';
import { RESOURCE_METADATA } from './resource-metadata.ts';

const SERVER_METADATA = {
  'server-metadata-not-found': {
    clause: 'RFC 8414 §3; OpenID Connect Discovery 1.0 §4; MCP 2026-07-28: one of them MUST be served',
    fix: 'Serve the metadata at one of these addresses; where the issuer has a path, the well-known part is inserted before it. In Postern: setting show_auth_server_metadata.',
  },
  'no-metadata-at-origin': {
    clause: 'MCP 2025-03-26, Authorization, Server Metadata Discovery',
    fix: 'Clients of this old revision look for the authorization server at the origin of the MCP server. Where you need them, serve a copy of the metadata there.',
  },
  'server-metadata-refused': {
    clause: 'RFC 8414 §3.2: 200',
    fix: 'Serve the metadata without authentication, to everyone.',
  },
  'server-metadata-not-json': {
    clause: 'RFC 8414 §3.2: a JSON object of the type application/json',
    fix: 'Route /.well-known/ before the pages of the application: it answers with something else than JSON, and clients stop at the first answer 200.',
  },
  'issuer-differs-by-slash': {
    clause: 'RFC 8414 §3.3: issuer MUST be identical',
    breaks: comparesIssuer,
    fix: 'Write the issuer in `authorization_servers` as the metadata has it, byte for byte.',
  },
  'issuer-differs': {
    clause: 'RFC 8414 §3.3: issuer MUST be identical',
    breaks: comparesIssuerLoosely,
    fix: 'Make `authorization_servers` of the resource and `issuer` of the metadata the same text. In Postern: the variable ISSUER, and the option `issuer` of the guard.',
  },
  'endpoint-missing': {
    clause: 'RFC 8414 §2: authorization_endpoint and token_endpoint',
    fix: 'Add the endpoint to the metadata as an absolute URL.',
  },
  'endpoint-not-https': {
    clause: `${MCP}: all endpoints MUST be https`,
    fix: 'Publish https addresses; behind a proxy, configure the public address rather than deriving it from the request.',
  },
  'response-type-code-missing': {
    clause: 'RFC 8414 §2: response_types_supported is REQUIRED',
    fix: 'Add `"response_types_supported": ["code"]`.',
  },
  'authorization-code-not-supported': {
    clause: 'RFC 8414 §2: grant_types_supported',
    fix: 'List `authorization_code` (and `refresh_token`) in `grant_types_supported`.',
  },
  'refresh-token-not-supported': {
    clause: `${MCP}, Refresh Tokens`,
    breaks: noProfile,
    fix: 'List `refresh_token` in `grant_types_supported`; without refresh tokens users must sign in again whenever an access token expires.',
  },
  'pkce-not-advertised': {
    clause: `${MCP}, Code Protection: clients MUST refuse where code_challenge_methods_supported is absent`,
    breaks: needsAdvertisedPkce,
    fix: 'Add `"code_challenge_methods_supported": ["S256"]`, in the OpenID document too.',
  },
  'pkce-without-s256': {
    clause: `${MCP}, Code Protection: S256; RFC 7636 §4.2`,
    fix: 'Support S256, and list it in `code_challenge_methods_supported`.',
  },
  'auth-methods': {
    clause: 'RFC 8414 §2: token_endpoint_auth_methods_supported; RFC 6749 §2.3',
    fix: 'Support `none` (public clients with PKCE) and list it in `token_endpoint_auth_methods_supported`.',
  },
  'iss-not-advertised': {
    clause: 'RFC 9207 §3; MCP 2026-07-28: SHOULD',
    breaks: noProfile,
    fix: 'Send `iss` in authorization responses, and say `authorization_response_iss_parameter_supported: true`.',
  },
  'openid-members-missing': {
    clause: 'OpenID Connect Discovery 1.0 §3: REQUIRED members',
    breaks: readsOpenid,
    fix: 'Add the member to openid-configuration, or serve oauth-authorization-server, which SDKs read first.',
  },
  'forms-differ': {
    clause: 'RFC 8414 §5: the documents of one issuer',
    breaks: noProfile,
    fix: 'Make both documents say the same: clients differ in the one that they read.',
  },
  'jwks-unusable': {
    clause: 'RFC 7517 §5; RFC 8414 §2: jwks_uri',
    breaks: noProfile,
    fix: 'Serve the JWK set of the signing keys at jwks_uri; without it no resource server can validate a JWT.',
  },
  'clock-skew': {
    clause: 'RFC 7519 §4.1.4, §4.1.5: exp and nbf, with a leeway of no more than a few minutes',
    fix: 'Synchronise the clock (NTP) of the server that is wrong: its tokens are not yet valid or already expired at the other.',
  },
} satisfies Record<string, Fault>;

export const DISCOVERY_FAULTS = { ...ANY_STEP, ...CHALLENGE, ...RESOURCE_METADATA, ...SERVER_METADATA };
