/**
 * One Worker, behind the guard at /guarded, an MCP server at /upstream, the gateway before it at /gateway, and unprotected
 * on every other path: it measures the cost of token validation and of the gateway.
 */
import { protect } from '@postern/resource-server';
import { answerGateway, type GatewayServer } from '../examples/mcp-gateway/gateway.ts';

const answer = () => Response.json({ hello: 'world' });

const options = { issuer: 'https://as.example', resource: 'https://as.example/guarded', scopes: ['profile'] };
const guarded = protect(options, answer);

/** The answer of an MCP server that lists 20 tools. */
async function upstream(request: Request): Promise<Response> {
  const { id } = await request.json<{ id: number }>();
  const tools = Array.from({ length: 20 }, (_, number) => ({
    name: `tool_${number}`,
    description: 'One of the tools of this server',
    inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
  }));
  return Response.json({ jsonrpc: '2.0', id, result: { tools } });
}

const server: GatewayServer = {
  guard: { ...options, resource: 'https://as.example/gateway' },
  tools: { tool_0: [], '*': ['admin'] },
  upstream: 'https://mcp.example.com/mcp',
  send: upstream,
};

export default {
  fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === '/guarded') return guarded(request, env, context);
    if (pathname === '/gateway') return answerGateway(request, [server], 'a key of thirty-two characters or more');
    return pathname === '/upstream' ? upstream(request) : answer();
  },
} satisfies ExportedHandler;
