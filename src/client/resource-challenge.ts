/** Asking a protected resource without a token: its challenge says where to get one (RFC 6750 §3, RFC 9728 §5.1). */
import { PROTOCOL, sendForeign } from '../web/outbound.ts';
import type { PartyDeps } from './party.ts';

export type Challenge = {
  /** Where the metadata of the resource stands. */
  metadata?: string;
  /** What it asks for. */
  scopes?: string[];
};

/** What a client of MCP says first. */
const HELLO = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'Postern', version: '1' },
  },
};

/** Characters. Nobody has more to say; a header without end would be looked at for as long as its sender likes. */
const LONGEST_CHALLENGE = 4 * 1024;

/**
 * The challenge of a resource; empty where it makes none.
 * @throws OutboundFailure
 */
export async function askResource(deps: PartyDeps, resource: string): Promise<Challenge> {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
  const refuse = () => undefined;
  const sending = { method: 'POST', headers, body: JSON.stringify(HELLO) };
  const response = await sendForeign(deps, resource, sending, { ...PROTOCOL, streams: true, refuse });
  // Only its headers are wanted.
  await response.body?.cancel();
  return parseChallenge(response.headers.get('www-authenticate') ?? '');
}

/** The challenge for a token, `Bearer` or `DPoP`, of a `WWW-Authenticate` header (RFC 9110 §11.6.1). */
export function parseChallenge(text: string): Challenge {
  const header = text.slice(0, LONGEST_CHALLENGE);
  const at = header.search(/(^|,\s*)(Bearer|DPoP)(\s|$)/i);
  if (at < 0) return {};
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, token] of header
    .slice(at)
    .matchAll(/([A-Za-z_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)) {
    parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? token ?? '');
  }
  const metadata = parameters.get('resource_metadata');
  const scopes = parameters.get('scope')?.split(' ').filter(Boolean);
  return { ...(metadata && { metadata }), ...(scopes && scopes.length > 0 && { scopes }) };
}
