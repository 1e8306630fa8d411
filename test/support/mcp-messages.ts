/** What a client of MCP says to a server: hello, which tools are there, and a call of the first one. */

/** Sends one message, with whatever token there is. */
type Post = (headers: Record<string, string>, body: string) => Promise<Response>;

/** How often more is asked for before the program gives up. */
const MOST_STEPS = 2;

/**
 * The whole conversation.
 * @param askMore obtains what a challenge asks for, before the message is sent again.
 */
export async function converse(post: Post, askMore: (scope: string | undefined) => Promise<void>): Promise<void> {
  let id = 0;
  let session: string | undefined;

  /** One message; where the server wants more scopes, they are asked for, and it is sent again. */
  async function send(method: string, params: object = {}): Promise<unknown> {
    const isNotification = method.startsWith('notifications/');
    const message = JSON.stringify({ jsonrpc: '2.0', method, params, ...(isNotification ? {} : { id: ++id }) });
    for (let step = 0; ; step++) {
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
        ...(session && { 'mcp-session-id': session }),
      };
      const response = await post(headers, message);
      session = response.headers.get('mcp-session-id') ?? session;
      if (response.ok) return read(await response.text());
      const challenge = response.headers.get('www-authenticate') ?? '';
      const said = await response.text();
      if (![401, 403].includes(response.status) || step === MOST_STEPS)
        throw new Error(`${method}: ${response.status} ${said}`);
      await askMore(/scope="([^"]*)"/.exec(challenge)?.[1]);
    }
  }

  await send('initialize', {
    ...{ protocolVersion: '2025-11-25', capabilities: {} },
    clientInfo: { name: 'a program of the person', version: '1' },
  });
  await send('notifications/initialized');
  const list = (await send('tools/list')) as { result?: { tools: { name: string }[] } };
  const tool = list.result?.tools[0];
  if (tool) await send('tools/call', { name: tool.name, arguments: {} });
}

/** JSON, or the first event of a stream. */
function read(body: string): unknown {
  const event = /^data: (.*)$/m.exec(body)?.[1];
  return body === '' ? undefined : JSON.parse(event ?? body);
}
