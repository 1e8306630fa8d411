/** Faults of the challenge and the metadata documents. */
import type { ClientProfile } from '../profiles.ts';
import type { Fault } from './fault.ts';

const noProfile = () => false;
const usesResourceMetadata = ({ discovery }: ClientProfile) => discovery === 'resource-metadata';
const comparesExactly = ({ resource }: ClientProfile) => resource === 'exact';
const comparesUrls = ({ resource }: ClientProfile) => resource !== 'prefix';
const comparesIssuer = ({ issuer }: ClientProfile) => issuer === 'exact';
const comparesIssuerLoosely = ({ issuer }: ClientProfile) => issuer !== 'ignored';
const readsOpenid = ({ documents }: ClientProfile) => documents === 'oauth and openid';
const needsPkce = ({ pkce }: ClientProfile) => pkce === 'must be advertised';
const isLetter = ({ id }: ClientProfile) => id === 'bare';

const MCP = 'MCP 2026-07-28, Authorization';

const ANY_STEP = {
  unreachable: {
    clause: 'RFC 9110 §9',
    fix: 'Check the host name, DNS, certificate and firewall; the address must answer from the Internet, where Claude and ChatGPT connect from.',
  },
  'refused-by-user-agent': {
    clause: 'RFC 9110 §15.5.4',
    fix: 'A bot rule or firewall in front of the server refuses this client. On Cloudflare: a custom rule with the action Skip for these paths, and Bot Fight Mode disabled (docs/how-to/mcp-clients.md, "Bot rules of Cloudflare").',
  },
  'challenge-page': {
    clause: 'RFC 9110 §15.5.4',
    fix: 'The host answers with a page that only a browser can pass. Disable managed challenges, Under Attack mode and Bot Fight Mode for these paths (docs/how-to/mcp-clients.md).',
  },
  redirected: {
    clause: 'MCP 2026-07-28, Security Best Practices, SSRF; RFC 8414 §3.2; RFC 9728 §3.2',
    fix: 'Answer at this address itself: clients do not follow redirects to another address with a request of the protocol. Publish the address that the redirect leads to (slash, https, www).',
  },
  'server-error': {
    clause: 'RFC 9110 §15.6',
    fix: 'The server failed. Its log at this time says why.',
  },
  'rate-limited': {
    clause: 'RFC 6585 §4',
    fix: 'Raise the rate limit for this path: hosted clients share few addresses.',
  },
} satisfies Record<string, Fault>;

const CHALLENGE = {
  'no-challenge': {
    clause: `${MCP}, Error Handling: authorization required or token invalid MUST be 401`,
    fix: 'Require a token before the request is handled: `const { refusal } = await check(request, guard); if (refusal) return refusal;` of @postern/resource-server.',
  },
  'not-401': {
    clause: `${MCP}, Error Handling; RFC 6750 §3.1`,
    fix: 'Answer a request without a token with status 401; clients begin authorization at no other status. Check the token before session, method and body.',
  },
  'not-found': {
    clause: 'RFC 9110 §15.5.5',
    fix: 'Nothing is at this address. Enter the complete address of the MCP endpoint, with its path (often /mcp), or route it.',
  },
  'method-not-allowed': {
    clause: 'MCP 2026-07-28, Transports, Streamable HTTP: the endpoint MUST support POST',
    fix: 'Accept POST at the MCP endpoint.',
  },
  'no-www-authenticate': {
    clause: 'RFC 9110 §15.5.2; RFC 6750 §3',
    fix: 'Send `WWW-Authenticate: Bearer resource_metadata="…/.well-known/oauth-protected-resource/…"` with the 401.',
  },
  'challenge-not-bearer': {
    clause: 'RFC 6750 §3',
    fix: 'Begin the challenge with the scheme: `WWW-Authenticate: Bearer resource_metadata="…"`.',
  },
  'challenge-without-resource-metadata': {
    clause: 'RFC 9728 §5.1; MCP 2025-06-18: MUST, later revisions: this or a well-known address',
    breaks: noProfile,
    fix: 'Add `resource_metadata="…/.well-known/oauth-protected-resource/…"` to the challenge.',
  },
  'resource-metadata-url-invalid': {
    clause: 'RFC 9728 §5.1; MCP 2026-07-28: https',
    breaks: usesResourceMetadata,
    fix: 'Let `resource_metadata` be the absolute https URL of the metadata document; behind a proxy, build it from the public address.',
  },
  'resource-metadata-other-origin': {
    clause: 'RFC 9728 §3.1: the well-known path is inserted into the resource identifier; §3.3',
    breaks: comparesExactly,
    fix: 'Serve the document at the origin of the MCP server; behind a proxy, build the address from the public host name, not from the one of the backend.',
  },
  'error-without-token': {
    clause: 'RFC 6750 §3.1: no error code where no token was sent',
    breaks: noProfile,
    fix: 'Leave `error` out of the challenge when the request had no token.',
  },
} satisfies Record<string, Fault>;

const RESOURCE_METADATA = {
  'resource-metadata-not-found': {
    clause: 'RFC 9728 §3; MCP 2026-07-28: MCP servers MUST implement it',
    breaks: usesResourceMetadata,
    fix: 'Serve the document at the address seen: `describeResource(request, guard)` of @postern/resource-server does, before the token is checked.',
  },
  'resource-metadata-refused': {
    clause: 'RFC 9728 §3.2: 200',
    breaks: usesResourceMetadata,
    fix: 'Serve the metadata without a token, to everyone: exempt /.well-known/ from authentication and bot rules.',
  },
  'resource-metadata-not-json': {
    clause: 'RFC 9728 §3.2: a JSON object of the type application/json',
    breaks: usesResourceMetadata,
    fix: 'Route /.well-known/oauth-protected-resource before the pages of the application, and send `Content-Type: application/json`.',
  },
  'resource-missing': {
    clause: 'RFC 9728 §2: resource is REQUIRED',
    breaks: usesResourceMetadata,
    fix: 'Add `"resource": "<the address that users enter>"`.',
  },
  'resource-differs-by-slash': {
    clause: 'RFC 9728 §3.3: resource MUST be identical to the URL that the client used',
    breaks: comparesUrls,
    fix: 'Set the option `resource` of the guard, and the resource in the console, to the address as users enter it, byte for byte: with or without the slash.',
  },
  'resource-is-parent': {
    clause: 'RFC 9728 §3.3: resource MUST be identical to the URL that the client used',
    breaks: comparesUrls,
    fix: 'Name the MCP endpoint with its path as `resource`, not its origin.',
  },
  'resource-is-origin': {
    clause: 'RFC 9728 §3.3; MCP 2026-07-28, Canonical Server URI: SHOULD be the most specific one',
    breaks: noProfile,
    fix: 'Some clients (Claude Code, Grok) compare with the address of the MCP endpoint: name it with its path as `resource`, in a document at the path form.',
  },
  'resource-differs': {
    clause: 'RFC 9728 §3.3: resource MUST be identical to the URL that the client used',
    fix: 'Set the option `resource` to the public address of the MCP endpoint; behind a proxy, do not derive it from `Host`.',
  },
  'no-authorization-servers': {
    clause: 'MCP 2026-07-28: authorization_servers MUST have at least one entry',
    breaks: usesResourceMetadata,
    fix: 'Add `"authorization_servers": ["<issuer>"]`; for Postern the value of ISSUER.',
  },
  'authorization-server-invalid': {
    clause: 'RFC 9728 §2: issuer identifiers (RFC 8414 §2: https, no query or fragment)',
    breaks: usesResourceMetadata,
    fix: 'Write the issuer as its metadata has it: an https URL, not a host name and not the address of a document.',
  },
  'header-not-supported': {
    clause: 'MCP 2026-07-28, Token Requirements: Authorization header',
    breaks: isLetter,
    fix: 'Let `bearer_methods_supported` include `header`.',
  },
  'offline-access-in-resource': {
    clause: 'MCP 2026-07-28, Refresh Tokens: scopes_supported of the resource SHOULD NOT include offline_access',
    breaks: noProfile,
    fix: 'Remove `offline_access` from `scopes_supported` of the resource; it belongs to the authorization server.',
  },
  'no-path-form': {
    clause: 'RFC 9728 §3.1',
    breaks: noProfile,
    fix: 'Serve the document at the address seen as well: clients that lose the challenge look there first.',
  },
} satisfies Record<string, Fault>;

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
    breaks: needsPkce,
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
