/** Refusals of a token endpoint, read from answers of any form (RFC 6749 §5.2). */
import { isJsonObject } from '../protocol/json-object.ts';

/** A refusal as it was read; `code` is the provider's error code, where there is one. */
export type ProviderRefusal = { status: number; code: string | undefined; description: string | undefined };

/** RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4: the same request may succeed later. */
const RETRYABLE = [408, 425, 429];

/** True for a status after which a later request may succeed, whatever the body is. */
export const isRetryableStatus = (status: number): boolean => status >= 500 || RETRYABLE.includes(status);

/** The refusal in an answer of any form: RFC 6749 §5.2, objects, lists, numbers, `ok: false`, or plain text. */
export function readRefusal(status: number, body: Record<string, unknown> | undefined, text: string): ProviderRefusal {
  if (!body) return { status, code: undefined, description: plain(text) };
  const inner = objectIn(body.error) ?? objectIn(Array.isArray(body.errors) ? body.errors[0] : undefined);
  const code = firstOf(
    wordIn(body.error),
    inner?.errorType,
    inner?.type,
    wordIn(inner?.status),
    body.errcode,
    body.error_code,
    wordIn(body.status),
    wordIn(body.code),
    body.ok === false || body.success === false ? 'ok: false' : undefined,
  );
  const description = firstOf(
    body.error_description,
    body.error_message,
    body.message,
    body.errmsg,
    body.reason,
    inner?.message,
    inner?.description,
    Array.isArray(body.errors) ? body.errors[0] : undefined,
  );
  return { status, code, description };
}

const objectIn = (value: unknown) => (isJsonObject(value) ? value : undefined);

/** A code that is a word, not the HTTP status again. */
const wordIn = (value: unknown) => (typeof value === 'string' && !/^\d*$/.test(value) ? value : undefined);

/** The first text, or number of a code, that is present. */
function firstOf(...values: unknown[]): string | undefined {
  for (const value of values) {
    if (typeof value === 'string' && value.trim() !== '') return value.trim().slice(0, 500);
    if (typeof value === 'number' && value !== 0) return String(value);
  }
  return undefined;
}

/** A body in no known form, as description; an HTML page has none. */
const plain = (text: string): string | undefined =>
  text.trim() === '' || text.includes('<') ? undefined : text.trim().slice(0, 500);
