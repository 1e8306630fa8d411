/** The messages of an MCP client on the wire of each revision: the list of tools, and a call of the first one. */

/** Sends one message, with the current token. */
export type Post = (headers: Record<string, string>, body: string) => Promise<Response>;

/** Step-ups that a client asks for before it gives up. */
const MOST_STEPS = 2;

/** The first revision without `initialize`: every request names its version and capabilities itself. */
const STATELESS_SINCE = '2026-07-28';

const CLIENT_INFO = { name: 'a-client-of-postern', version: '1' };

/**
 * The whole conversation.
 * @param askMore obtains what a challenge asks for, before the message is sent again.
 */
export async function converse(
  version: string,
  post: Post,
  askMore: (scope: string | undefined) => Promise<void>,
): Promise<void> {
  const isStateless = version >= STATELESS_SINCE;
  let id = 0;
  let session: string | undefined;

  /** One message; where the server wants more scopes, they are asked for, and it is sent again. */
  async function send(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
    const isNotification = method.startsWith('notifications/');
    const all = isStateless ? { ...params, _meta: metaOf(version) } : params;
    const message = JSON.stringify({ jsonrpc: '2.0', method, params: all, ...(isNotification ? {} : { id: ++id }) });
    for (let step = 0; ; step++) {
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': version,
        ...(isStateless && { 'mcp-method': method }),
        ...(isStateless && typeof params.name === 'string' && { 'mcp-name': params.name }),
        ...(session && { 'mcp-session-id': session }),
      };
      const response = await post(headers, message);
      session = response.headers.get('mcp-session-id') ?? session;
      if (response.ok) return read(await response.text());
      const challenge = response.headers.get('www-authenticate') ?? '';
      const body = await response.text();
      // 409: this server's own answer where a connection has ended.
      if (![401, 403, 409].includes(response.status) || step === MOST_STEPS)
        throw new Error(`${method}: ${response.status} ${body}`);
      await askMore(/scope="([^"]*)"/.exec(challenge)?.[1]);
    }
  }

  if (!isStateless) {
    await send('initialize', { protocolVersion: version, capabilities: {}, clientInfo: CLIENT_INFO });
    await send('notifications/initialized');
  }
  const list = (await send('tools/list')) as { result?: { tools: { name: string }[] } };
  const tool = list.result?.tools[0];
  if (tool) await send('tools/call', { name: tool.name, arguments: {} });
}

const metaOf = (version: string) => ({
  'io.modelcontextprotocol/protocolVersion': version,
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
});

/** JSON, or the first event of a stream. */
function read(body: string): unknown {
  const event = /^data: (.*)$/m.exec(body)?.[1];
  return body === '' ? undefined : JSON.parse(event ?? body);
}
