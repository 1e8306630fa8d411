/** POST /token (RFC 6749 §3.2): who asks, by which grant, and what they get. */
import type { Context } from 'hono';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { touchClient } from '../../storage/clients.ts';
import { readForm } from '../../web/body.ts';
import type { Web } from '../../web/context.ts';
import { authenticateClient } from '../clients/authenticate/index.ts';
import { checkGrantType } from '../clients/client.ts';
import { GRANTS } from './grants/index.ts';

export async function token(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c);
  form.refuseDuplicates();
  const client = await authenticateClient(deps, { authorization: c.req.header('authorization'), form });
  c.set('clientOrigins', client.allowedOrigins);
  const facts = c.get('facts');
  facts.client = client.id;
  const grantType = form.required('grant_type');
  const grant = GRANTS.find((candidate) => candidate.grantType === grantType);
  if (!grant) {
    const supported = GRANTS.map((candidate) => candidate.grantType).join(', ');
    throw new OAuthError('unsupported_grant_type', `grant_type must be one of: ${supported}.`);
  }
  facts.grant_type = grantType;
  checkGrantType(client, grantType);
  const response = await grant.handle(deps, client, form);
  deps.later('touch client', touchClient(deps.databases, client, deps.moment.now));
  // RFC 6749 §5.1: MUST include "Cache-Control: no-store" and "Pragma: no-cache" in any response containing tokens.
  return c.json(response, 200, { 'Cache-Control': 'no-store', Pragma: 'no-cache' });
}
