/** An MCP server on Workers behind the guard: reading notes takes one scope, and writing one asks for another. */
import { env } from 'cloudflare:workers';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { describeResource, type GuardOptions, overRpc } from '@postern/resource-server';
import { checkMcp } from '@postern/resource-server/mcp';
import { createServer, SCOPES } from './tools.ts';

const guard: GuardOptions = {
  issuer: env.ISSUER,
  resource: env.RESOURCE,
  // The scope that every request needs, and that clients request first.
  scopes: ['notes.read'],
  description: { name: 'Notes' },
  // In an account of its own, leave these two out: the issuer's public keys are enough.
  revocation: 'immediate',
  verifier: overRpc(env.POSTERN, env.RESOURCE),
};

export default {
  async fetch(request) {
    const description = describeResource(request, guard);
    if (description) return description;
    // Lists of tools stay whole, so that clients can ask for more: `protectMcp` would hide what the token does not open.
    const { call, refusal } = await checkMcp(request, guard, SCOPES);
    if (refusal) return refusal;

    // Every request stands alone here: there is no session, and no stream to open.
    if (request.method !== 'POST') return new Response(null, { status: 405, headers: { Allow: 'POST' } });
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await createServer(call.principal.subject).connect(transport);
    return transport.handleRequest(request, { authInfo: call.authInfo, parsedBody: call.body });
  },
} satisfies ExportedHandler;
