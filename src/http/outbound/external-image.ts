/** Images of other servers, fetched and cached here; pages never link to their origin. */
import type { Context } from 'hono';
import { DAY, SECOND } from '../../protocol/lifetimes.ts';
import { cacheLogo, type Logo, readCachedLogo } from '../../storage/clients/external-documents.ts';
import type { Web } from '../context.ts';
import { safeFetch } from './fetched-document.ts';
import { type OutboundBudget, OutboundFailure } from './outbound-budget.ts';

/** Bytes. */
const MAX_IMAGE_BYTES = 100 * 1024;

/** The first bytes of the accepted image types. SVG is not accepted: it can contain scripts. */
const SIGNATURES: Record<string, (head: string) => boolean> = {
  'image/png': (head) => head.startsWith('\x89PNG\r\n\x1a\n'),
  'image/jpeg': (head) => head.startsWith('\xff\xd8\xff'),
  'image/gif': (head) => head.startsWith('GIF87a') || head.startsWith('GIF89a'),
  'image/webp': (head) => head.startsWith('RIFF') && head.startsWith('WEBP', 8),
};

/** Reads an image from the cache or fetches it; undefined where that fails. */
export async function externalImage(c: Context<Web>, url: string, budget: OutboundBudget): Promise<Logo | undefined> {
  return (await readCachedLogo(c.get('deps').cache, url)) ?? (await fetchImage(c, url, budget));
}

export function sendImage(c: Context<Web>, { bytes, type }: Logo) {
  return c.body(bytes, 200, {
    'Content-Type': type,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cache-Control': `public, max-age=${DAY / SECOND}`,
  });
}

async function fetchImage(c: Context<Web>, url: string, budget: OutboundBudget): Promise<Logo | undefined> {
  const deps = c.get('deps');
  try {
    const types = /^image\/(png|jpeg|gif|webp)$/;
    const { body, type } = await safeFetch(deps, url, { types, maxBytes: MAX_IMAGE_BYTES, budget });
    // The Content-Type alone is not trusted: a browser may sniff the content.
    if (!SIGNATURES[type]?.(Buffer.from(body.subarray(0, 16)).toString('latin1'))) return undefined;
    const bytes = Uint8Array.from(body).buffer;
    deps.waitUntil('keep logo', cacheLogo(deps.cache, url, { bytes, type }));
    return { bytes, type };
  } catch (error) {
    if (!(error instanceof OutboundFailure)) throw error;
    c.get('logFields').logo = error.message;
    return undefined;
  }
}
