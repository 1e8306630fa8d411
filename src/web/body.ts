/** Request bodies, within limits: a form or JSON, at most 64 KiB, never deeper than 20. */
import type { Context } from 'hono';
import { OAuthError, type OAuthErrorCode } from '../protocol/oauth-error.ts';
import type { Web } from './context.ts';
import { type Parameters, parseParameters } from './parameters.ts';

const LARGEST_BODY = 64 * 1024;
const DEEPEST_JSON = 20;

/**
 * @param lines whether a value may have several: a page of ours has such a field.
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

/** @throws OAuthError `malformed` when the body is not a JSON document; too_large. */
export async function readJson(c: Context<Web>, malformed: OAuthErrorCode): Promise<unknown> {
  if (mediaType(c) !== 'application/json') throw new OAuthError(malformed, 'the body must be application/json.');
  const text = await readText(c);
  if (depthOf(text) > DEEPEST_JSON) throw new OAuthError(malformed, 'the JSON is nested too deeply.');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (/\\u0000|\u0000/i.test(text)) throw new OAuthError(malformed, 'the JSON holds a NUL character.');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OAuthError(malformed, 'the body is not JSON.', { cause });
  }
}

/** Whether the body says that it is a form. */
export const isForm = (c: Context<Web>): boolean => mediaType(c) === 'application/x-www-form-urlencoded';

function mediaType(c: Context<Web>): string {
  return (c.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

async function readText(c: Context<Web>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // By the bytes that arrive: Content-Length is only what the sender says.
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new OAuthError('too_large', `the body is larger than ${LARGEST_BODY} bytes.`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new OAuthError('invalid_request', 'the body is not valid UTF-8.', { cause });
  }
}

function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  // A text that never ends is one, too: looked for again from each of its quotes, it would cost the square of its length.
  for (const bracket of json.replaceAll(/"(?:[^"\\]|\\.)*"?/g, '').match(/[[\]{}]/g) ?? []) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
