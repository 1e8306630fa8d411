/** GET /logo: the picture of a client. */
import type { Context } from 'hono';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { Web } from '../../web/context.ts';
import { picture, sendPicture } from '../../web/picture.ts';
import type { Client } from './client.ts';
import { checkEnabled, judgeClient } from './find.ts';

export const LOGO = '/logo';

/** Where a page finds the picture. */
export const logoAddress = (client: Client): string => `${LOGO}?client_id=${encodeURIComponent(client.id)}`;

export async function logo(c: Context<Web>) {
  const client = await judgeClient(c.get('deps'), c.req.query('client_id') ?? '', (found) => {
    checkEnabled(found);
    return found;
  });
  const url = client.metadata.logo_uri;
  const found = url && (await picture(c, url));
  if (!found) throw new OAuthError('not_found', 'this client has no logo.');
  return sendPicture(c, found);
}
