/** Lists of tools in the answers of an MCP server, JSON or a stream of events: without those that the token does not open. */
import { isObject, type JsonObject } from './mcp-messages.ts';
import { mayCall, type ToolScopes } from './mcp-tools.ts';
import type { Principal } from './principal.ts';

/** Characters of one event. */
const MAX_EVENT = 16 * 1024 * 1024;

type Allows = (name: string) => boolean;

/**
 * Removes the tools that the principal may not call from every list in an answer. Streams stay streams.
 * @throws TypeError for a compressed answer, which cannot be read.
 */
export async function filterTools(
  response: Response,
  principal: Pick<Principal, 'scopes'>,
  tools: ToolScopes,
): Promise<Response> {
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isStream = type === 'text/event-stream';
  if (!response.body || !(isStream || /^application\/(.+\+)?json$/.test(type))) return response;
  const encoding = response.headers.get('content-encoding');
  if (encoding && encoding !== 'identity')
    throw new TypeError(`the answer is compressed (${encoding}): its list of tools cannot be filtered`);
  const allows: Allows = (name) => mayCall(principal, tools, name);
  const filtered = isStream
    ? new Response(response.body.pipeThrough(eventFilter(allows)), response)
    : new Response(filterText(await response.text(), allows), response);
  filtered.headers.delete('content-length');
  return filtered;
}

/** Filters a text; one without a list of tools stays unchanged, byte for byte. */
function filterText(text: string, allows: Allows): string {
  // A member name may be written with escapes.
  if (!text.includes('"tools"') && !text.includes('\\u')) return text;
  const messages = parse(text);
  if (![messages].flat().some(listsTools)) return text;
  const filtered = Array.isArray(messages)
    ? messages.map((one) => filterMessage(one, allows))
    : filterMessage(messages, allows);
  return JSON.stringify(filtered);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type ToolList = JsonObject & { result: JsonObject & { tools: unknown[] } };

const listsTools = (message: unknown): message is ToolList =>
  isObject(message) && isObject(message.result) && Array.isArray(message.result.tools);

function filterMessage(message: unknown, allows: Allows): unknown {
  if (!listsTools(message)) return message;
  const { result } = message;
  const tools = result.tools.filter((tool) => isObject(tool) && typeof tool.name === 'string' && allows(tool.name));
  // MCP 2026-07-28, Caching: a list that depends on the token is not for other users.
  const cacheScope = 'cacheScope' in result ? { cacheScope: 'private' } : {};
  return { ...message, result: { ...result, tools, ...cacheScope } };
}

/** Filters events as they end; a line may end in CR, LF or both (HTML, Server-sent events §9.2.6). */
function eventFilter(allows: Allows): TransformStream<Uint8Array, Uint8Array> {
  const [decoder, encoder] = [new TextDecoder(), new TextEncoder()];
  let rest = '';
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      rest += decoder.decode(chunk, { stream: true });
      if (rest.length > MAX_EVENT) return controller.error(new TypeError('an event of the MCP server is too large'));
      // A CR at the end may be the first half of a line's end.
      const carriageReturn = rest.endsWith('\r') ? '\r' : '';
      const events = rest
        .slice(0, rest.length - carriageReturn.length)
        .replaceAll(/\r\n?/g, '\n')
        .split('\n\n');
      rest = (events.pop() ?? '') + carriageReturn;
      for (const event of events) controller.enqueue(encoder.encode(`${filterEvent(event, allows)}\n\n`));
    },
    flush(controller) {
      rest += decoder.decode();
      if (rest !== '') controller.enqueue(encoder.encode(filterEvent(rest.replaceAll(/\r\n?/g, '\n'), allows)));
    },
  });
}

function filterEvent(event: string, allows: Allows): string {
  const lines = event.split('\n');
  const isData = (line: string) => /^data(:|$)/.test(line);
  const data = lines.filter(isData).map((line) => line.replace(/^data:? ?/, ''));
  const text = data.join('\n');
  const filtered = filterText(text, allows);
  if (filtered === text) return event;
  return [...lines.filter((line) => !isData(line)), `data: ${filtered}`].join('\n');
}
