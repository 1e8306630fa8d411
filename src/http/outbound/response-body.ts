/** The body of an outbound response: its media type, size and freshness. */
import { HOUR, SECOND } from '../../protocol/lifetimes.ts';
import { OutboundFailure } from './outbound-budget.ts';

/** The media type of a response in lower case, without parameters (RFC 9110 §8.3.1). */
export const mediaTypeOf = (response: Response) =>
  (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** Fails a stream that is longer. */
export function limitBytes(largest: number): TransformStream<Uint8Array, Uint8Array> {
  let size = 0;
  return new TransformStream({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > largest) controller.error(new OutboundFailure(`sent more than ${largest} bytes`));
      else controller.enqueue(chunk);
    },
  });
}

/** Reads a body of at most `largest` bytes. @throws OutboundFailure for a longer one. */
export async function readBody(response: Response, largest: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > largest) throw new OutboundFailure(`sent more than ${largest} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** RFC 9111 §4.2: the freshness lifetime of a response, in milliseconds; an hour without headers. */
export function freshness(headers: Headers): number {
  const control = (headers.get('cache-control') ?? '').toLowerCase();
  if (/\bno-store\b|\bno-cache\b/.test(control)) return 0;
  const maxAge = /\bs-maxage=(\d{1,9})/.exec(control)?.[1] ?? /\bmax-age=(\d{1,9})/.exec(control)?.[1];
  const age = Number(headers.get('age') ?? 0) || 0;
  if (maxAge !== undefined) return Math.max(0, Number(maxAge) - age) * SECOND;
  const expires = Date.parse(headers.get('expires') ?? '');
  const date = Date.parse(headers.get('date') ?? '') || Date.now();
  return Number.isNaN(expires) ? HOUR : Math.max(0, expires - date);
}
