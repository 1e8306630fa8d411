/** The challenge of a protected resource to a request without a token (RFC 6750 §3, RFC 9728 §5.1). */
import { PROTOCOL_LIMITS, safeSend } from '../http/outbound/safe-fetch.ts';
import type { ProviderClientDeps } from './provider-client.ts';

export type ResourceChallenge = {
  /** The address of the resource's metadata. */
  metadata?: string;
  /** The scopes that it requires. */
  scopes?: string[];
};

const CLIENT_INFO = { name: 'Postern', version: '1' };

/** The first message of an MCP client. */
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: CLIENT_INFO },
};

/** The list of tools, for a server that answered INITIALIZE. */
const LIST_TOOLS = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };

/** The MCP revision without INITIALIZE: every message carries the session's data. */
const STATELESS = '2026-07-28';

const LIST_TOOLS_STATELESS = {
  ...LIST_TOOLS,
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': STATELESS,
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
    },
  },
};

/** Characters, to bound the time of parsing. */
const MAX_CHALLENGE = 4 * 1024;

/**
 * The first challenge of a resource; empty where it sends none. Where `initialize` is public, or does not exist, the
 * list of tools is requested.
 * @throws OutboundFailure
 */
export async function requestChallenge(deps: ProviderClientDeps, resource: string): Promise<ResourceChallenge> {
  const first = await send(deps, resource, INITIALIZE);
  if (first.headers.has('www-authenticate')) return challengeOf(first);
  const session = first.headers.get('mcp-session-id');
  const second = first.ok
    ? send(deps, resource, LIST_TOOLS, {
        'MCP-Protocol-Version': INITIALIZE.params.protocolVersion,
        ...(session && { 'Mcp-Session-Id': session }),
      })
    : send(deps, resource, LIST_TOOLS_STATELESS, { 'MCP-Protocol-Version': STATELESS, 'Mcp-Method': 'tools/list' });
  return challengeOf(await second);
}

async function send(deps: ProviderClientDeps, resource: string, message: object, more: Record<string, string> = {}) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...more };
  const refuse = () => undefined;
  const sending = { method: 'POST', headers, body: JSON.stringify(message) };
  const response = await safeSend(deps, resource, sending, { ...PROTOCOL_LIMITS, streams: true, refuse });
  // Only the headers are read.
  await response.body?.cancel();
  return response;
}

const challengeOf = ({ headers }: Response): ResourceChallenge => parseChallenge(headers.get('www-authenticate') ?? '');

/** The challenge for a token, `Bearer` or `DPoP`, of a `WWW-Authenticate` header (RFC 9110 §11.6.1). */
export function parseChallenge(text: string): ResourceChallenge {
  const parameters = challengeParameters(text);
  const metadata = parameters?.get('resource_metadata');
  const scopes = parameters?.get('scope')?.split(' ').filter(Boolean);
  return { ...(metadata && { metadata }), ...(scopes && scopes.length > 0 && { scopes }) };
}

/** The parameters of the challenge for a token, by name; undefined where the header has none of `Bearer` or `DPoP`. */
export function challengeParameters(text: string): Map<string, string> | undefined {
  const header = text.slice(0, MAX_CHALLENGE);
  const at = header.search(/(^|,\s*)(Bearer|DPoP)(\s|$)/i);
  if (at < 0) return undefined;
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, token] of header
    .slice(at)
    .matchAll(/([A-Za-z_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)) {
    parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? token ?? '');
  }
  return parameters;
}
