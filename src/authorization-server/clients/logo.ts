/** GET /logo: the picture of a client, fetched here once and never linked from a page of ours to its origin. */
import type { Context } from 'hono';
import { DAY, SECOND } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { keepLogo, type Logo, recallLogo } from '../../storage/foreign-documents.ts';
import type { Web } from '../../web/context.ts';
import { fetchForeign, OutboundFailure } from '../../web/outbound.ts';
import type { Client } from './client.ts';
import { checkEnabled, judgeClient } from './find.ts';

export const LOGO = '/logo';

const LARGEST = 100 * 1024;

/** How pictures of these types begin. SVG is not among them: it can hold a script. */
const BEGINNINGS: Record<string, (head: string) => boolean> = {
  'image/png': (head) => head.startsWith('\x89PNG\r\n\x1a\n'),
  'image/jpeg': (head) => head.startsWith('\xff\xd8\xff'),
  'image/gif': (head) => head.startsWith('GIF87a') || head.startsWith('GIF89a'),
  'image/webp': (head) => head.startsWith('RIFF') && head.startsWith('WEBP', 8),
};

/** Where a page finds the picture. */
export const logoAddress = (client: Client): string => `${LOGO}?client_id=${encodeURIComponent(client.id)}`;

export async function logo(c: Context<Web>) {
  const deps = c.get('deps');
  const client = await judgeClient(deps, c.req.query('client_id') ?? '', (found) => {
    checkEnabled(found);
    return found;
  });
  const url = client.metadata.logo_uri;
  const picture = url && ((await recallLogo(deps.cache, url)) ?? (await fetchLogo(c, url)));
  if (!picture) throw new OAuthError('not_found', 'this client has no logo.');
  return c.body(picture.bytes, 200, {
    'Content-Type': picture.type,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cache-Control': `public, max-age=${DAY / SECOND}`,
  });
}

async function fetchLogo(c: Context<Web>, url: string): Promise<Logo | undefined> {
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
