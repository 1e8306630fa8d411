/** The client profiles of the diagnosis: user agent, order of discovery and strictness of each MCP client. */

export type Registration = 'cimd' | 'dcr';

export type ClientProfile = {
  id: string;
  name: string;
  userAgent: string;
  /** The revision of MCP, in `MCP-Protocol-Version`. */
  revision: string;
  /** Old clients take the origin of the MCP server as authorization server. */
  discovery: 'resource-metadata' | 'origin';
  /** Comparison of `resource` with the URL: as bytes, as parsed URLs, or the URL must begin with it. */
  resource: 'exact' | 'url' | 'prefix';
  /** Comparison of `issuer`: as bytes, with or without a slash at the end, or not at all. */
  issuer: 'exact' | 'slash' | 'ignored';
  /** Documents that are looked for: RFC 8414 alone, or OpenID Connect Discovery too. */
  documents: 'oauth' | 'oauth and openid';
  /** Refuses metadata without `code_challenge_methods_supported`, or only metadata that lists others than S256. */
  pkce: 'must be advertised' | 'must not exclude S256';
  /** The ways of registration, the preferred one first. */
  registration: readonly Registration[];
  /** Its Client ID Metadata Document; an application of an SDK has one of its own. */
  clientIdUrl?: string;
  redirectUri: string;
  /** Its requests come from a page of this origin, so CORS applies. */
  origin?: string;
  optional?: boolean;
};

const SDK = {
  userAgent: 'node',
  discovery: 'resource-metadata',
  resource: 'prefix',
  issuer: 'ignored',
  documents: 'oauth and openid',
  pkce: 'must not exclude S256',
  registration: ['cimd', 'dcr'],
  redirectUri: 'http://localhost:8090/callback',
} as const;

/** One line adds a profile. User agents are those that these products were seen to send in November 2026. */
export const PROFILES: readonly ClientProfile[] = [
  {
    ...SDK,
    id: 'bare',
    name: 'Client that follows MCP 2026-07-28 by the letter',
    userAgent: 'postern-doctor/1',
    revision: '2026-07-28',
    resource: 'exact',
    issuer: 'exact',
    pkce: 'must be advertised',
  },
  { ...SDK, id: 'sdk-2026-07-28', name: 'Official SDK, 2026-07-28', revision: '2026-07-28', issuer: 'slash' },
  { ...SDK, id: 'sdk-2025-11-25', name: 'Official SDK, 2025-11-25', revision: '2025-11-25' },
  {
    ...SDK,
    id: 'sdk-2025-06-18',
    name: 'Official SDK, 2025-06-18',
    revision: '2025-06-18',
    registration: ['dcr'],
  },
  {
    ...SDK,
    id: 'sdk-2025-03-26',
    name: 'Official SDK, 2025-03-26',
    revision: '2025-03-26',
    discovery: 'origin',
    documents: 'oauth',
    registration: ['dcr'],
    optional: true,
  },
  {
    ...SDK,
    id: 'claude',
    name: 'Claude',
    userAgent: 'Claude-User/1.0',
    revision: '2025-11-25',
    resource: 'url',
    issuer: 'slash',
    clientIdUrl: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
    redirectUri: 'https://claude.ai/api/mcp/auth_callback',
  },
  {
    ...SDK,
    id: 'chatgpt',
    name: 'ChatGPT',
    userAgent: 'ChatGPT-User/1.0; +https://openai.com/bot',
    revision: '2025-11-25',
    issuer: 'slash',
    pkce: 'must be advertised',
    redirectUri: 'https://chatgpt.com/connector_platform_oauth_redirect',
  },
  {
    ...SDK,
    id: 'vscode',
    name: 'VS Code',
    userAgent: 'Visual Studio Code/1.106',
    revision: '2025-11-25',
    resource: 'url',
    issuer: 'slash',
    redirectUri: 'http://127.0.0.1:33418/',
  },
  {
    ...SDK,
    id: 'cursor',
    name: 'Cursor',
    userAgent: 'Cursor/2.1',
    revision: '2025-06-18',
    registration: ['dcr'],
    redirectUri: 'cursor://anysphere.cursor-mcp/oauth/callback',
  },
  {
    ...SDK,
    id: 'browser',
    name: 'Page in a browser (MCP Inspector)',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    revision: '2025-11-25',
    origin: 'http://localhost:6274',
    redirectUri: 'http://localhost:6274/oauth/callback',
    optional: true,
  },
];

/**
 * The profiles with these ids, each of which counts because it was asked for; undefined where an id is none.
 * Without ids, all.
 */
export function profilesNamed(ids: readonly string[] | undefined): readonly ClientProfile[] | undefined {
  if (!ids) return PROFILES;
  const profiles = ids.flatMap((id) => PROFILES.filter((each) => each.id === id));
  return profiles.length < ids.length ? undefined : profiles.map((each) => ({ ...each, optional: false }));
}
