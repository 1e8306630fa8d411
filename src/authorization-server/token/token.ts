/** POST /token (RFC 6749 §3.2): who asks, by which grant, and what they get. */
import type { Context } from 'hono';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { touchClient } from '../../storage/clients.ts';
import { wasSpent } from '../../storage/spent.ts';
import { readForm } from '../../web/body.ts';
import type { Deps, Web } from '../../web/context.ts';
import { authenticateClient, withChallenge } from '../clients/authenticate/index.ts';
import { checkGrantType } from '../clients/client.ts';
import { GRANTS } from './grants/index.ts';

export async function token(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c);
  form.refuseDuplicates();
  const caller = await authenticateClient(deps, { authorization: c.req.header('authorization'), form });
  const { client } = caller;
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
  const response = await onceOnly(deps, grant.handle(deps, caller, form));
  deps.later('touch client', touchClient(deps.databases, client, deps.moment.now));
  // RFC 6749 §5.1: MUST include "Cache-Control: no-store" and "Pragma: no-cache" in any response containing tokens.
  return c.json(response, 200, { 'Cache-Control': 'no-store', Pragma: 'no-cache' });
}

/** RFC 7523 §3: the authorization server MAY ensure that JWTs are not replayed: a client's assertion is good once. */
async function onceOnly<T>(deps: Deps, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!wasSpent(error)) throw error;
    throw withChallenge(deps, new OAuthError('invalid_client', 'the client assertion was used before.'));
  }
}
