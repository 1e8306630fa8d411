/** An MCP server on Workers behind the guard: reading notes takes one scope, and writing one asks for another. */
import { env } from 'cloudflare:workers';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { check, describe, type GuardOptions, overRpc, stepUp } from 'postern/resource-server';
import { createServer, scopesNeeded } from './tools.ts';

const guard: GuardOptions = {
  issuer: env.ISSUER,
  resource: env.RESOURCE,
  // What every request needs, and so what a client asks for first.
  scopes: ['notes.read'],
  description: { name: 'Notes' },
  // In an account of its own, leave these two out: the issuer's public keys are enough.
  revocation: 'immediate',
  verifier: overRpc(env.POSTERN, env.RESOURCE),
};

export default {
  async fetch(request) {
    const description = describe(request, guard);
    if (description) return description;
    const { principal, refusal } = await check(request, guard);
    if (refusal) return refusal;

    // Every request stands alone here: there is no session, and no stream to open.
    if (request.method !== 'POST') return new Response(null, { status: 405, headers: { Allow: 'POST' } });
    const body = await request.json().catch(() => undefined);
    const more = stepUp(principal, { ...guard, scopes: scopesNeeded(body) });
    if (more) return more;

    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await createServer(principal.subject).connect(transport);
    return transport.handleRequest(request, { parsedBody: body });
  },
} satisfies ExportedHandler;
