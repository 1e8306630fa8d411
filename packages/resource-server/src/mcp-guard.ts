/** The guard of an MCP server: validates each request by its token, the tools that it calls and the tools that it is shown. */
import { readMessages, toolsCalled, unknownTool } from './mcp-messages.ts';
import { filterTools } from './mcp-tool-lists.ts';
import { scopesOfTool, type ToolScopes, validateTools } from './mcp-tools.ts';
import { type GuardOptions, protectionOf } from './options.ts';
import type { Principal } from './principal.ts';
import { check, demandFurther, describeResource } from './protect.ts';

/** The `authInfo` of the MCP SDK, which tools find in `extra.authInfo`. */
export type McpAuthInfo = {
  token: string;
  clientId: string;
  scopes: string[];
  /** Seconds. */
  expiresAt: number;
  resource: URL;
  extra: { principal: Principal };
};

/** A request that may come in. */
export type McpCall = {
  principal: Principal;
  authInfo: McpAuthInfo;
  /** The messages as they were validated, for `parsedBody` of the SDK's transport; undefined where the request has none. */
  body: unknown;
};

export type McpJudgement = { call: McpCall; refusal?: undefined } | { call?: undefined; refusal: Response };

/**
 * Validates a request: the token with the scopes of `options`, then every tool that is called. One challenge names all
 * scopes that the operation needs (MCP 2026-07-28, Scope Challenge Handling).
 */
export async function checkMcp(request: Request, options: GuardOptions, tools: ToolScopes): Promise<McpJudgement> {
  validateTools(tools);
  const { principal, refusal } = await check(request, options);
  if (refusal) return { refusal };
  const authInfo = authInfoOf(request, principal, options);
  if (request.method !== 'POST') return { call: { principal, authInfo, body: undefined } };
  const read = await readMessages(request);
  if (read.refusal) return { refusal: read.refusal };
  const called = toolsCalled(read.body);
  const needed = new Set(protectionOf(options).scopes);
  for (const name of called) {
    const scopes = scopesOfTool(tools, name);
    if (!scopes) return { refusal: unknownTool(read.body, name) };
    for (const scope of scopes) needed.add(scope);
  }
  const more = demandFurther(principal, protectionOf(options), [...needed]);
  return more ? { refusal: more } : { call: { principal, authInfo, body: read.body } };
}

function authInfoOf(request: Request, principal: Principal, { resource }: GuardOptions): McpAuthInfo {
  const [, token = ''] = (request.headers.get('authorization') ?? '').split(/ +/);
  const { clientId, scopes, expiresAt } = principal;
  return { token, clientId, scopes, expiresAt, resource: new URL(resource), extra: { principal } };
}

export type McpHandler<Env, Context> = (
  request: Request,
  call: McpCall,
  env: Env,
  context: Context,
) => Response | Promise<Response>;

/**
 * A `fetch` handler of an MCP server: asked only for requests that may come in; its lists of tools, in JSON and in
 * streams, are shown without those that the token does not open.
 * @throws TypeError for options that cannot work.
 */
export function protectMcp<Env = unknown, Context = unknown>(
  options: GuardOptions,
  tools: ToolScopes,
  handler: McpHandler<Env, Context>,
): (request: Request, env: Env, context: Context) => Promise<Response> {
  protectionOf(options);
  validateTools(tools);
  return async function guardedMcp(request, env, context) {
    const description = describeResource(request, options);
    if (description) return description;
    const { call, refusal } = await checkMcp(request, options, tools);
    if (refusal) return refusal;
    return filterTools(await handler(withBody(request, call.body), call, env, context), call.principal, tools);
  };
}

/** The request with the body that was validated: two parsers may read the same text differently. */
function withBody(request: Request, body: unknown): Request {
  if (body === undefined) return request;
  const headers = new Headers(request.headers);
  headers.delete('content-length');
  return new Request(request.url, { method: 'POST', headers, body: JSON.stringify(body), signal: request.signal });
}
