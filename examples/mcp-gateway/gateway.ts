/** A gateway in front of MCP servers that know no OAuth: each stands below its own path, and is a resource of its own. */
import { describeResource, type GuardOptions } from '@postern/resource-server';
import { checkMcp, filterTools, type ToolScopes } from '@postern/resource-server/mcp';
import { openSession, sealSession } from './sessions.ts';

/**
 * Sends a request to the MCP server in place of the caller, with a credential that the caller never sees. `isOfUser`: the
 * credential is the user's own, so that a 403 concerns the user.
 */
export type SendUpstream = ((request: Request, user: string) => Promise<Response>) & { isOfUser?: true };

export type GatewayServer = {
  guard: GuardOptions;
  /** The scopes that each tool needs beside those of every request. */
  tools: ToolScopes;
  /** The address of the MCP server. */
  upstream: string;
  send: SendUpstream;
};

/** The headers of MCP that are handed on. No other is: neither the caller's token nor its cookies. */
const REQUEST_HEADERS = ['accept', 'content-type', 'last-event-id', 'mcp-method', 'mcp-name', 'mcp-protocol-version'];
const RESPONSE_HEADERS = ['content-type', 'cache-control', 'allow'];

const SESSION = 'mcp-session-id';

/** Sends requests with a secret of the MCP server. */
export const withSecret =
  (secret: string, fetch: (request: Request) => Promise<Response>): SendUpstream =>
  (request) => {
    request.headers.set('authorization', `Bearer ${secret}`);
    return fetch(request);
  };

/** Sends requests with the token of the user's connection, which a connected app of Postern keeps. */
export const withConnection = (
  app: string,
  connections: { fetch: (request: Request) => Promise<Response> },
): SendUpstream => {
  const send: SendUpstream = (request, user) => {
    request.headers.set('postern-app', app);
    request.headers.set('postern-user', user);
    return connections.fetch(request);
  };
  send.isOfUser = true;
  return send;
};

/** @param sessionKey 32 random characters or more, which bind the sessions of MCP servers to their users. */
export async function answerGateway(
  request: Request,
  servers: readonly GatewayServer[],
  sessionKey: string,
): Promise<Response> {
  for (const { guard } of servers) {
    const description = describeResource(request, guard);
    if (description) return description;
  }
  const { pathname } = new URL(request.url);
  const server = servers.find(({ guard }) => new URL(guard.resource).pathname === pathname);
  if (!server) return new Response(null, { status: 404 });
  const { call, refusal } = await checkMcp(request, server.guard, server.tools);
  if (refusal) return refusal;
  const { principal, body } = call;
  const presented = request.headers.get(SESSION);
  const session = presented === null ? null : await openSession(sessionKey, principal.subject, presented);
  // MCP, Streamable HTTP, Session Management: 404 for a session that is unknown, as one of another user is.
  if (session === undefined) return new Response(null, { status: 404 });
  const answered = await server.send(upstreamRequest(request, server.upstream, body, session), principal.subject);
  const refused =
    server.send.isOfUser && answered.status === 403 ? await userRefusal(answered) : upstreamRefusal(answered);
  if (refused) return refused;
  const sealed = await sealSession(sessionKey, principal.subject, answered.headers.get(SESSION));
  return filterTools(withoutUpstreamHeaders(answered, sealed), principal, server.tools);
}

function upstreamRequest(request: Request, upstream: string, body: unknown, session: string | null): Request {
  const headers = new Headers();
  for (const name of REQUEST_HEADERS) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  if (session !== null) headers.set(SESSION, session);
  const { method, signal } = request;
  // The messages that were validated, and no others.
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return new Request(upstream, { method, headers, redirect: 'manual', signal, ...sent });
}

/** The gateway's own credential was refused, or the server is elsewhere: nothing that the caller could fix. */
function upstreamRefusal({ status }: Response): Response | undefined {
  if (status !== 401 && status !== 403 && !(status >= 300 && status < 400)) return undefined;
  console.warn(`mcp-gateway: the MCP server answered ${status}`);
  return Response.json(
    { error: 'bad_gateway', error_description: 'the MCP server refused the gateway.' },
    { status: 502 },
  );
}

/** The longest description of a refusal that is handed on, in characters. */
const MAX_DESCRIPTION = 500;

/**
 * The account that the user connected lacks a right at the MCP server, or their connection a scope: the description says
 * which. It has no challenge: another token of the gateway would change nothing.
 */
async function userRefusal(answered: Response): Promise<Response> {
  const isJson = answered.headers.get('content-type')?.startsWith('application/json') ?? false;
  const told: unknown = isJson ? await answered.json().catch(() => undefined) : undefined;
  const described = told instanceof Object && 'error_description' in told ? told.error_description : undefined;
  const reason = typeof described === 'string' && described.length <= MAX_DESCRIPTION ? `: ${described}` : '.';
  const error_description = `the MCP server does not allow this to the account that you connected${reason}`;
  return Response.json({ error: 'access_denied', error_description }, { status: 403 });
}

function withoutUpstreamHeaders(answered: Response, session: string | null): Response {
  const headers = new Headers();
  for (const name of RESPONSE_HEADERS) {
    const value = answered.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  if (session !== null) headers.set(SESSION, session);
  return new Response(answered.body, { status: answered.status, headers });
}
