/** Faults of the metadata of the protected resource (RFC 9728). */
import { comparesUrls, isLetter, noProfile, usesResourceMetadata } from './affected.ts';
import type { Fault } from './fault.ts';

export const RESOURCE_METADATA = {
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
