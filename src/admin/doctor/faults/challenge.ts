/** Faults of any answer, and of the challenge of the resource. */
import { comparesExactly, noProfile, usesResourceMetadata } from './affected.ts';
import type { Fault } from './fault.ts';

export const MCP = 'MCP 2026-07-28, Authorization';

export const ANY_STEP = {
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

export const CHALLENGE = {
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
