/** Pictures of others, fetched here once and never linked from a page of ours to their origin. */
import type { Context } from 'hono';
import { DAY, SECOND } from '../protocol/lifetimes.ts';
import { keepLogo, type Logo, recallLogo } from '../storage/foreign-documents.ts';
import type { Web } from './context.ts';
import { fetchForeign, OutboundFailure } from './outbound.ts';

/** Bytes. */
const LARGEST = 100 * 1024;

/** How pictures of these types begin. SVG is not among them: it can hold a script. */
const BEGINNINGS: Record<string, (head: string) => boolean> = {
  'image/png': (head) => head.startsWith('\x89PNG\r\n\x1a\n'),
  'image/jpeg': (head) => head.startsWith('\xff\xd8\xff'),
  'image/gif': (head) => head.startsWith('GIF87a') || head.startsWith('GIF89a'),
  'image/webp': (head) => head.startsWith('RIFF') && head.startsWith('WEBP', 8),
};

/** The picture at an address, or undefined where none can be had. */
export async function picture(c: Context<Web>, url: string): Promise<Logo | undefined> {
  return (await recallLogo(c.get('deps').cache, url)) ?? (await fetchPicture(c, url));
}

export function sendPicture(c: Context<Web>, { bytes, type }: Logo) {
  return c.body(bytes, 200, {
    'Content-Type': type,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cache-Control': `public, max-age=${DAY / SECOND}`,
  });
}

async function fetchPicture(c: Context<Web>, url: string): Promise<Logo | undefined> {
  const deps = c.get('deps');
  try {
    const types = /^image\/(png|jpeg|gif|webp)$/;
    const { body, type } = await fetchForeign(deps, url, { types, largest: LARGEST });
    // What it says of itself is not enough: a browser may look inside.
    if (!BEGINNINGS[type]?.(Buffer.from(body.subarray(0, 16)).toString('latin1'))) return undefined;
    const bytes = Uint8Array.from(body).buffer;
    deps.later('keep logo', keepLogo(deps.cache, url, { bytes, type }));
    return { bytes, type };
  } catch (error) {
    if (!(error instanceof OutboundFailure)) throw error;
    c.get('facts').logo = error.message;
    return undefined;
  }
}
