/** The messages of MCP that a diagnosis sends, by revision. */
export type Message = { body: string; headers: Record<string, string> };

/** The first revision without `initialize`. */
const STATELESS_SINCE = '2026-07-28';

const CLIENT_INFO = { name: 'postern-doctor', version: '1' };

const headersOf = (revision: string): Record<string, string> => ({
  'Content-Type': 'application/json',
  Accept: 'application/json, text/event-stream',
  'MCP-Protocol-Version': revision,
});

/** The message with which a client begins: `initialize`, or since 2026-07-28 the list of tools. */
export function firstMessage(revision: string): Message {
  if (revision >= STATELESS_SINCE) return listTools(revision, null);
  const params = { protocolVersion: revision, capabilities: {}, clientInfo: CLIENT_INFO };
  return {
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
    headers: headersOf(revision),
  };
}

/** @param session the `Mcp-Session-Id` that the server named. */
export function listTools(revision: string, session: string | null): Message {
  const isStateless = revision >= STATELESS_SINCE;
  const meta = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
  };
  const params = isStateless ? { _meta: meta } : {};
  return {
    body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list', params }),
    headers: {
      ...headersOf(revision),
      ...(isStateless && { 'Mcp-Method': 'tools/list' }),
      ...(session && { 'Mcp-Session-Id': session }),
    },
  };
}
