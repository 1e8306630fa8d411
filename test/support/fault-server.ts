/** An MCP server, its authorization server and a client's document in memory: healthy, and with faults seeded. */
import type { Sending } from '../../src/admin/doctor/probe.ts';

export const MCP_URL = 'https://mcp.example.com/mcp';
export const ISSUER = 'https://id.example.com';
export const CLIENT_ID_URL = 'https://client.example.com/client.json';
/** The document of the profile `claude`. */
const CLAUDE = 'https://claude.ai/oauth/mcp-oauth-client-metadata';
export const NOW = Date.UTC(2026, 10, 29, 12);

export type Answered = { status: number; headers?: Record<string, string>; body?: unknown };

/** The document of an answer, which a fault may change: `undefined` removes a member. */
export type Documents = {
  resource: Record<string, unknown>;
  server: Record<string, unknown>;
  client: Record<string, unknown>;
};

type ReceivedRequest = Sending & { url: string; form: URLSearchParams };

/** Answers for addresses (without query), before those of the healthy servers; undefined leaves the healthy answer. */
export type Overrides = Record<string, (request: ReceivedRequest) => Answered | undefined>;

export type Faults = {
  resource?: Record<string, unknown>;
  server?: Record<string, unknown>;
  client?: Record<string, unknown>;
  /** Changes to each answer of a host: headers removed (undefined) or set. */
  headers?: Record<string, Record<string, string | undefined>>;
  answers?: Overrides;
  /** Parameters of the challenge; undefined removes one. */
  challenge?: Record<string, string | undefined>;
  /** The claims of the access tokens that are issued. */
  claims?: Record<string, unknown>;
  /** Changes to the parameters of the callback; undefined removes one. */
  callback?: Record<string, string | undefined>;
  /** The token is validated by the resource server without its audience. */
  acceptsAnyAudience?: boolean;
};

const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Answered => ({
  status,
  body,
  headers: { 'content-type': 'application/json', ...headers },
});
export const html = (body: string, status = 200): Answered => ({
  status,
  body: `<!doctype html><title>${body}</title>`,
  headers: { 'content-type': 'text/html' },
});

/** A JWT whose signature is a text that the resource server of this file compares. */
const tokenOf = (claims: object) => `${base64url({ alg: 'ES256', typ: 'at+jwt' })}.${base64url(claims)}.signed`;

export type FaultServer = {
  fetch: (url: string, sending: Sending) => Promise<Response>;
  /** Clients that are registered at the end. */
  registered: Map<string, Record<string, unknown>>;
  requests: string[];
  /** The user's part: sign-in and consent. */
  authorize: (url: URL) => Promise<URL>;
};

export function faultServer(faults: Faults = {}): FaultServer {
  const documents = documentsOf(faults);
  const registered = new Map<string, Record<string, unknown>>();
  const requests: string[] = [];
  const healthy: Overrides = {
    ...resourceServer(faults, documents),
    ...authorizationServer(faults, documents, registered),
  };
  const fetch: FaultServer['fetch'] = async (url, sending) => {
    requests.push(`${sending.method} ${url}`);
    const { origin, pathname, host } = new URL(url);
    const request = { ...sending, url, form: new URLSearchParams(sending.body ?? '') };
    const address = origin + pathname;
    const client = address.startsWith(`${ISSUER}/register/`) ? clientConfiguration(registered, request) : undefined;
    const answer = faults.answers?.[address]?.(request) ?? healthy[address]?.(request) ?? client ?? json({}, 404);
    return respond(answer, { ...corsOf(request), ...faults.headers?.[host] });
  };
  return { fetch, registered, requests, authorize: async (url) => callbackOf(url, faults.callback) };
}

const merged = (document: Record<string, unknown>, changes: Record<string, unknown> = {}) =>
  JSON.parse(JSON.stringify({ ...document, ...changes })) as Record<string, unknown>;

function documentsOf({ resource, server, client }: Faults): Documents {
  const healthy = {
    issuer: ISSUER,
    authorization_endpoint: `${ISSUER}/authorize`,
    token_endpoint: `${ISSUER}/token`,
    registration_endpoint: `${ISSUER}/register`,
    revocation_endpoint: `${ISSUER}/revoke`,
    jwks_uri: `${ISSUER}/jwks`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'private_key_jwt'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  };
  return {
    resource: merged({ resource: MCP_URL, authorization_servers: [ISSUER], scopes_supported: ['notes'] }, resource),
    server: merged(healthy, server),
    client: merged(
      { client_id: CLIENT_ID_URL, client_name: 'Client', redirect_uris: ['http://localhost:8090/callback'] },
      client,
    ),
  };
}

/** The headers of every host, unless a fault removes them. */
function corsOf({ method, headers }: Sending): Record<string, string | undefined> {
  const date = { date: new Date(NOW).toUTCString() };
  if (!headers.Origin) return date;
  const requested = headers['Access-Control-Request-Headers'];
  return {
    ...date,
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'WWW-Authenticate, Mcp-Session-Id',
    ...(method === 'OPTIONS' && {
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': requested ?? '*',
    }),
  };
}

function respond({ status, headers = {}, body }: Answered, more: Record<string, string | undefined>): Response {
  const all = Object.entries({ ...more, ...headers }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return new Response(status === 204 || body === undefined ? null : text(body), { status, headers: all });
}

/** The MCP server: an audience check, and the metadata at its well-known address. */
function resourceServer(faults: Faults, { resource }: Documents): Overrides {
  const metadata = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp';
  const parameters = Object.entries({ resource_metadata: metadata, scope: 'notes', ...faults.challenge });
  const shown = parameters.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}="${value}"`);
  const challenge = (error: string) =>
    json({}, 401, { 'www-authenticate': `Bearer ${[...shown, error].filter(Boolean).join(', ')}` });
  return {
    [MCP_URL]: ({ method, headers }) => {
      if (method === 'OPTIONS') return { status: 204 };
      const token = headers.Authorization?.replace(/^Bearer /, '');
      if (token === undefined) return challenge('');
      if (!isValid(token, faults)) return challenge('error="invalid_token"');
      return json({ jsonrpc: '2.0', id: 1, result: { tools: [] } });
    },
    [metadata]: () => json(resource),
  };
}

function isValid(token: string, { acceptsAnyAudience = false }: Faults): boolean {
  const [, claims, signature] = token.split('.');
  if (!claims || signature !== 'signed') return false;
  const { aud } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud?: string };
  return acceptsAnyAudience || aud === MCP_URL;
}

/** The authorization server; the user signs in outside of it. */
function authorizationServer(
  faults: Faults,
  { server, client }: Documents,
  registered: Map<string, Record<string, unknown>>,
): Overrides {
  const preflighted = (answer: (request: ReceivedRequest) => Answered) => (request: ReceivedRequest) =>
    request.method === 'OPTIONS' ? { status: 204 } : answer(request);
  return {
    [`${ISSUER}/.well-known/oauth-authorization-server`]: preflighted(() => json(server)),
    [`${ISSUER}/jwks`]: () => json({ keys: [{ kty: 'EC' }] }),
    [`${ISSUER}/register`]: preflighted((request) => register(registered, request)),
    [`${ISSUER}/revoke`]: () => json({}),
    [`${ISSUER}/token`]: preflighted(({ form }) => token(faults, form)),
    [`${ISSUER}/authorize`]: ({ url }) => {
      const { searchParams } = new URL(url);
      const id = searchParams.get('client_id') ?? '';
      if (!registered.has(id) && !id.startsWith('https://')) return html('Unknown client', 400);
      return { status: 303, headers: { location: `${ISSUER}/sign-in` } };
    },
    [CLIENT_ID_URL]: () => json(client),
    [CLAUDE]: () => json({ client_id: CLAUDE, redirect_uris: ['https://claude.ai/api/mcp/auth_callback'] }),
  };
}

function register(registered: Map<string, Record<string, unknown>>, { body = '' }: ReceivedRequest): Answered {
  try {
    const metadata = JSON.parse(body) as Record<string, unknown>;
    const id = `c_${registered.size + 1}`;
    registered.set(id, metadata);
    const management = { registration_client_uri: `${ISSUER}/register/${id}`, registration_access_token: `r_${id}` };
    return json({ client_id: id, ...metadata, ...management }, 201);
  } catch {
    return json({ error: 'invalid_client_metadata' }, 400);
  }
}

function clientConfiguration(registered: Map<string, unknown>, { url, method, headers }: ReceivedRequest): Answered {
  const id = url.split('/').at(-1) ?? '';
  if (headers.Authorization !== `Bearer r_${id}` || method !== 'DELETE') return json({}, 401);
  registered.delete(id);
  return { status: 204 };
}

/** A code is the resource that it was issued for. */
function token(faults: Faults, form: URLSearchParams): Answered {
  const [grant, code] = [form.get('grant_type'), form.get('code') ?? form.get('refresh_token') ?? ''];
  if (!code.startsWith('for ')) return json({ error: 'invalid_grant' }, 400, { 'cache-control': 'no-store' });
  const resource = code.slice('for '.length) || ISSUER;
  const seconds = NOW / 1000;
  const claims = {
    iss: ISSUER,
    aud: resource,
    iat: seconds,
    exp: seconds + 600,
    ...(resource !== ISSUER && faults.claims),
  };
  const issued = { access_token: tokenOf(claims), token_type: 'Bearer', expires_in: 600, scope: 'notes' };
  const refresh = { refresh_token: `for ${resource} after ${grant}`.replace(/ after .*/, '') };
  return json({ ...issued, ...refresh }, 200, { 'cache-control': 'no-store' });
}

function callbackOf(url: URL, changes: Faults['callback'] = {}): URL {
  const callback = new URL(url.searchParams.get('redirect_uri') ?? '');
  callback.searchParams.set('code', `for ${url.searchParams.get('resource') ?? ''}`);
  callback.searchParams.set('state', url.searchParams.get('state') ?? '');
  callback.searchParams.set('iss', ISSUER);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) callback.searchParams.delete(name);
    else callback.searchParams.set(name, value);
  }
  return callback;
}
