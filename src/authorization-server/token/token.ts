/** POST /token (RFC 6749 §3.2): who asks, by which grant, and what they get. */
import type { Context } from 'hono';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { touchClient } from '../../storage/clients.ts';
import type { Web } from '../../web/context.ts';
import type { Parameters } from '../../web/parameters.ts';
import type { Caller } from '../clients/authenticate/method.ts';
import { checkGrantType } from '../clients/client.ts';
import { GRANTS } from './grants/index.ts';
import type { TokenResponse } from './issue.ts';

export async function token(c: Context<Web>, caller: Caller, form: Parameters): Promise<TokenResponse> {
  const deps = c.get('deps');
  const grantType = form.required('grant_type');
  const grant = GRANTS.find((candidate) => candidate.grantType === grantType);
  if (!grant) {
    const supported = GRANTS.map((candidate) => candidate.grantType).join(', ');
    throw new OAuthError('unsupported_grant_type', `grant_type must be one of: ${supported}.`);
  }
  c.get('facts').grant_type = grantType;
  checkGrantType(caller.client, grantType);
  const response = await grant.handle(deps, caller, form);
  deps.later('touch client', touchClient(deps.databases, caller.client, deps.moment.now));
  return response;
}
