/** POST /token (RFC 6749 §3.2): who asks, by which grant, and what they get. */
import type { Context } from 'hono';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { touchClient } from '../../storage/clients.ts';
import type { Web } from '../../web/context.ts';
import { offerNonce, readPossession } from '../../web/dpop.ts';
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
  const response = await grant.handle(deps, await withKey(c, caller), form);
  deps.later('touch client', touchClient(deps.databases, caller.client, deps.moment.now));
  return response;
}

/** The caller, and the key to which its tokens will be bound, where it shows one. @throws OAuthError invalid_dpop_proof */
async function withKey(c: Context<Web>, caller: Caller): Promise<Caller> {
  const possession = await readPossession(c);
  if (possession) {
    return { ...caller, thumbprint: possession.thumbprint, spends: [...caller.spends, possession.spend] };
  }
  // RFC 9449 §5.2: the authorization server MUST reject token requests from the client that do not contain the DPoP header.
  if (caller.client.metadata.dpop_bound_access_tokens) {
    offerNonce(c);
    throw new OAuthError('invalid_dpop_proof', 'this client must send a DPoP proof with each token request.');
  }
  return caller;
}
