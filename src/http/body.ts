/** Request bodies, within limits: a form or JSON, at most 64 KiB, nested at most 20 deep. */
import type { Context } from 'hono';
import { containsControlCharacter } from '../protocol/control-characters.ts';
import { OAuthError, type OAuthErrorCode } from '../protocol/oauth-error.ts';
import type { Web } from './context.ts';
import { type Parameters, parseParameters } from './parameters.ts';

const MAX_BODY_BYTES = 64 * 1024;
const MAX_JSON_DEPTH = 20;

/**
 * Reads a form body.
 * @param lines allows line breaks in values, for pages with a text area.
 * @throws OAuthError `wrongType` when the body is not `application/x-www-form-urlencoded`; too_large; invalid_request.
 */
export async function readForm(
  c: Context<Web>,
  wrongType: OAuthErrorCode = 'invalid_request',
  lines = false,
): Promise<Parameters> {
  if (!isForm(c)) {
    throw new OAuthError(wrongType, 'the body must be application/x-www-form-urlencoded.');
  }
  return parseParameters(await readText(c), lines);
}

/**
 * Reads a JSON body.
 * @param largest bytes, for a limit below that of every body.
 * @throws OAuthError `malformed` when the body is not a JSON document, or larger than that; too_large.
 */
export async function readJson(c: Context<Web>, malformed: OAuthErrorCode, largest = MAX_BODY_BYTES): Promise<unknown> {
  if (mediaType(c) !== 'application/json') throw new OAuthError(malformed, 'the body must be application/json.');
  const text = await readText(c);
  if (Buffer.byteLength(text) > largest) throw new OAuthError(malformed, `the JSON is larger than ${largest} bytes.`);
  if (depthOf(text) > MAX_JSON_DEPTH) throw new OAuthError(malformed, 'the JSON is nested too deeply.');
  const value = parse(text, malformed);
  if (containsControlCharacter(value)) throw new OAuthError(malformed, 'the JSON contains a control character.');
  return value;
}

function parse(text: string, malformed: OAuthErrorCode): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OAuthError(malformed, 'the body is not JSON.', { cause });
  }
}

/** True for the content type `application/x-www-form-urlencoded`. */
export const isForm = (c: Context<Web>): boolean => mediaType(c) === 'application/x-www-form-urlencoded';

function mediaType(c: Context<Web>): string {
  return (c.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Without a state between calls: none decodes a stream. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

async function readText(c: Context<Web>): Promise<string> {
  const bytes = await readBytes(c.req.raw);
  try {
    return UTF_8.decode(bytes);
  } catch (cause) {
    throw new OAuthError('invalid_request', 'the body is not valid UTF-8.', { cause });
  }
}

/** @throws OAuthError too_large, before more than that is received where the request does not say its length. */
async function readBytes(request: Request): Promise<Uint8Array> {
  // RFC 9112 §6.3: without Transfer-Encoding, Content-Length is the length of the body: no more bytes are read.
  const length = request.headers.has('transfer-encoding') ? null : request.headers.get('content-length');
  if (length !== null && Number(length) <= MAX_BODY_BYTES)
    return checkSize(new Uint8Array(await request.arrayBuffer()));
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function checkSize(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MAX_BODY_BYTES) throw tooLarge();
  return bytes;
}

const tooLarge = () => new OAuthError('too_large', `the body is larger than ${MAX_BODY_BYTES} bytes.`);

function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  // An unterminated string matches, too: otherwise the search from each quote would take quadratic time.
  for (const bracket of json.replaceAll(/"(?:[^"\\]|\\.)*"?/g, '').match(/[[\]{}]/g) ?? []) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
