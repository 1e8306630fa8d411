/** Any MCP server, given only its address: it names its authorization server itself. */
import type { Provider } from './provider.ts';

export const mcp: Provider = {
  title: 'MCP server',
  documentation: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization',
  read: '2026-11-26',
  needs: ['resource'],
  // What the server asks for in its challenge, or describes.
  scopes: [],
  api: [],
  // MUST refuse to proceed where code_challenge_methods_supported is absent.
  demandsPkce: true,
};
