/** GET /logo: the logo of a client. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { externalImage, sendImage } from '../../http/outbound/external-image.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { type Client, outboundBudgetOf } from './client.ts';
import { checkEnabled } from './client-approval.ts';
import { withClient } from './client-lookup.ts';

export const LOGO_PATH = '/logo';

/** The URL of a client's logo on this server. */
export const logoUrl = (client: Client): string => `${LOGO_PATH}?client_id=${encodeURIComponent(client.id)}`;

export async function sendLogo(c: Context<Web>) {
  const deps = c.get('deps');
  const settings = await deps.settings();
  const client = await withClient(deps, c.req.query('client_id') ?? '', (found) => {
    checkEnabled(found, settings);
    return found;
  });
  const url = client.metadata.logo_uri;
  const found = url && (await externalImage(c, url, outboundBudgetOf(client)));
  if (!found) throw new OAuthError('not_found', 'this client has no logo.');
  return sendImage(c, found);
}
