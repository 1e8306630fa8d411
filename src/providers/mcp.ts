/** Any MCP server by its address: its metadata names the authorization server (RFC 9728). */
import type { Provider } from './provider.ts';

export const mcp = {
  title: 'MCP server',
  logo: '/providers/mcp.svg',
  documentation: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization',
  readOn: '2026-11-26',
  // MUST refuse to proceed where code_challenge_methods_supported is absent.
  requiresPkce: true,
  // The scopes come from the challenge or the metadata of the server.
  connectedApp: { requires: ['resource'], scopes: [], api: [] },
} satisfies Provider;
