/** Connected apps for MCP servers: what is learnt from the server itself (MCP 2026-07-28, RFC 9728, RFC 8707). */
import { beforeEach, describe, expect, it } from 'vitest';
import { entrance } from '../support/entrance.ts';
import { comeBack, connectUser, type FarEnd, farEnd, press, signedIn, tokens } from '../support/far-end.ts';
import { json } from '../support/pretend-web.ts';
import { administer, type Server, serve } from '../support/server.ts';
import type { User } from '../support/user.ts';

type Message = { method: string; headers: Headers };

let server: Server;
let far: FarEnd;
let user: User;

beforeEach(async () => {
  server = serve();
  far = await farEnd();
  far.grants.authorization_code = () => tokens();
  far.grants.refresh_token = () => tokens();
  user = await signedIn(server);
});

/** An MCP server that answers each method in its own way, and what it was sent. */
function mcpServer(document: Record<string, unknown>, answers: Record<string, () => Response>, at = '/mcp') {
  const url = `${far.issuer}${at}`;
  const received: Message[] = [];
  far.web.answers[url] = async (request) => {
    const { method } = JSON.parse(new TextDecoder().decode(await request.arrayBuffer()));
    received.push({ method, headers: request.headers });
    return answers[method]?.() ?? new Response(null, { status: 400 });
  };
  const described = { resource: url, authorization_servers: [far.issuer], ...document };
  far.web.answers[`${far.issuer}/.well-known/oauth-protected-resource${at}`] = () => json(described);
  return { url, received };
}

const challenge = (attributes: string) => () =>
  new Response(null, { status: 401, headers: { 'www-authenticate': `Bearer ${attributes}` } });

const create = (resource: string) =>
  administer(server, 'POST', '/connected-apps', {
    id: 'faraway',
    template: 'mcp',
    resource,
    client_id: 'x',
    raw_tokens: 'both',
  });

const queryOf = (sent: Response) => new URL(sent.headers.get('location') ?? '').searchParams;

describe('RFC 8707 §2: the resource is named as its metadata publishes it, byte for byte', () => {
  for (const [published, why] of [
    ['', 'an origin without a slash'],
    ['/', 'an origin with a slash'],
    ['/mcp', 'the address itself'],
  ]) {
    it(`${why}, in the authorization request, at the token endpoint and when refreshing`, async () => {
      const resource = `${far.issuer}${published}`;
      const { url } = mcpServer({ resource }, { initialize: challenge('scope="notes"') });
      await create(url);
      const sent = await press(user, far);
      expect(queryOf(sent).getAll('resource')).toEqual([resource]);
      expect((await comeBack(user, far, sent)).status).toBe(303);
      await server.env.DB.prepare('UPDATE connections SET expires_at = 1').run();
      const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
      await entrance(server).token('faraway', users[0]?.id ?? '');
      expect(far.tokenRequests.map(({ body }) => [body.get('grant_type'), body.get('resource')])).toEqual([
        ['authorization_code', resource],
        ['refresh_token', resource],
      ]);
    });
  }

  it('as the administrator typed it where the server publishes no metadata', async () => {
    const { url } = mcpServer({}, { initialize: challenge('scope="notes"') });
    delete far.web.answers[`${far.issuer}/.well-known/oauth-protected-resource/mcp`];
    await create(url);
    expect(queryOf(await press(user, far)).get('resource')).toBe(url);
  });
});

describe('MCP 2026-07-28 authorization, scope selection: the scopes are those of the first challenge', () => {
  const scopes_supported = ['profile'];

  it('of initialize, where that is challenged: nothing else is asked', async () => {
    const { url, received } = mcpServer({ scopes_supported }, { initialize: challenge('scope="notes.read"') });
    await create(url);
    expect(received.map(({ method }) => method)).toEqual(['initialize']);
    expect(queryOf(await press(user, far)).get('scope')).toBe('notes.read');
  });

  it('of tools/list, where initialize is public; the session that this opened is named', async () => {
    const initialize = () => json({ jsonrpc: '2.0', id: 0, result: {} }, { 'mcp-session-id': 'the-session' });
    const answers = { initialize, 'tools/list': challenge('scope="notes.read"') };
    const { url, received } = mcpServer({ scopes_supported }, answers);
    await create(url);
    expect(received.map(({ method }) => method)).toEqual(['initialize', 'tools/list']);
    expect(received[1]?.headers.get('mcp-session-id')).toBe('the-session');
    expect(received[1]?.headers.get('mcp-protocol-version')).toBe('2025-11-25');
    expect(queryOf(await press(user, far)).get('scope')).toBe('notes.read');
  });

  it('of tools/list, where the server knows no initialize: the message is of the revision 2026-07-28', async () => {
    const { url, received } = mcpServer({ scopes_supported }, { 'tools/list': challenge('scope="notes.read"') });
    await create(url);
    expect(received[1]?.headers.get('mcp-protocol-version')).toBe('2026-07-28');
    expect(received[1]?.headers.get('mcp-method')).toBe('tools/list');
    expect(queryOf(await press(user, far)).get('scope')).toBe('notes.read');
  });

  it('of the metadata, where no challenge names any', async () => {
    const { url } = mcpServer({ scopes_supported }, { initialize: challenge('realm="x"') });
    await create(url);
    expect(queryOf(await press(user, far)).get('scope')).toBe('profile');
  });
});

describe('MCP 2026-07-28 authorization server binding: a user who connects again is sent to the server that is named now', () => {
  it('at once, though the metadata was read a moment ago', async () => {
    const document = { authorization_servers: [far.issuer] };
    const { url } = mcpServer(document, { initialize: challenge('scope="notes"') });
    far.metadata.registration_endpoint = `${far.issuer}/register`;
    far.web.answers[`${far.issuer}/register`] = () =>
      json({ client_id: 'of the first', token_endpoint_auth_method: 'none' }, {}, 201);
    await administer(server, 'POST', '/connected-apps', { id: 'faraway', template: 'mcp', resource: url });
    expect((await connectUser(user, far)).status).toBe(303);
    const next = await farEnd();
    Object.assign(next.web.answers, far.web.answers);
    next.metadata.registration_endpoint = `${next.issuer}/register`;
    next.web.answers[`${next.issuer}/register`] = () =>
      json({ client_id: 'of the second', token_endpoint_auth_method: 'none' }, {}, 201);
    document.authorization_servers = [next.issuer];
    next.web.answers[`${far.issuer}/.well-known/oauth-protected-resource/mcp`] = () =>
      json({ resource: url, authorization_servers: [next.issuer] });
    const sent = await press(user, next);
    expect(new URL(sent.headers.get('location') ?? '').origin).toBe(next.issuer);
    expect(queryOf(sent).get('client_id')).toBe('of the second');
  });
});
