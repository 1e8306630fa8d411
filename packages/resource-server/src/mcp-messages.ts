/** The JSON-RPC messages of a request to an MCP server (MCP, Streamable HTTP). */

/** Bytes of a request: images and files travel in arguments. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parsed body of a request; `refusal` where it is too large or not JSON. */
export type Messages = { body: unknown; refusal?: undefined } | { refusal: Response };

export async function readMessages(request: Request): Promise<Messages> {
  const text = await readText(request);
  if (text === undefined) return { refusal: jsonRpcError(null, -32600, 'The request is too large.', 413) };
  try {
    return { body: JSON.parse(text) as unknown };
  } catch {
    return { refusal: jsonRpcError(null, -32700, 'The request is not JSON.', 400) };
  }
}

async function readText(request: Request): Promise<string | undefined> {
  const decoder = new TextDecoder();
  const reader = request.body?.getReader();
  let [text, size] = ['', 0];
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    size += read.value.length;
    if (size > MAX_BODY_BYTES) {
      await reader?.cancel();
      return undefined;
    }
    text += decoder.decode(read.value, { stream: true });
  }
  return text + decoder.decode();
}

/** The names of the tools that the messages call. Revision 2025-03-26 has several messages in a request. */
export const toolsCalled = (body: unknown): string[] =>
  [body].flat().flatMap((message) => {
    if (!isObject(message) || message.method !== 'tools/call') return [];
    const name = isObject(message.params) ? message.params.name : undefined;
    return [typeof name === 'string' ? name : ''];
  });

/** The answer to calls of a tool that does not exist (MCP, Tools, Error Handling). */
export function unknownTool(body: unknown, name: string): Response {
  const ids = [body].flat().flatMap((message) => (isObject(message) && 'id' in message ? [message.id] : []));
  const errors = ids.map((id) => errorOf(id, -32602, `Unknown tool: ${name}`));
  if (errors.length === 0) return new Response(null, { status: 202 });
  return Response.json(Array.isArray(body) ? errors : errors[0]);
}

const errorOf = (id: unknown, code: number, message: string) => ({ jsonrpc: '2.0', id, error: { code, message } });

const jsonRpcError = (id: unknown, code: number, message: string, status: number) =>
  Response.json(errorOf(id, code, message), { status });
