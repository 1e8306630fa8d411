/** Faults of the registration of a client, and of CORS. */
import { noProfile } from './affected.ts';
import type { Fault } from './fault.ts';

export const REGISTRATION = {
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

export const CORS = {
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
