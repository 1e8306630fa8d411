/** POST /revoke: token revocation (RFC 7009). A refresh token revokes the whole grant. */
import type { Context } from 'hono';
import type { Deps, Web } from '../http/context.ts';
import type { Parameters } from '../http/parameters.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { revokeGrantOfClient } from '../storage/grants/grants.ts';
import { revokeToken } from '../storage/grants/record-token.ts';
import { useAllOnce } from '../storage/grants/single-use.ts';
import type { AuthenticatedClient } from './clients/authenticate/method.ts';
import { type PresentedToken, parsePresentedToken, toIssuedToken } from './token-parameter.ts';

export async function revoke(c: Context<Web>, caller: AuthenticatedClient, form: Parameters) {
  await revokePresented(c.get('deps'), caller, form);
  return {};
}

/** The same, where an access token revokes its grant, too. RFC 7009 §2.1: the server MAY revoke the refresh token as well. */
export async function revokeWithGrant(c: Context<Web>, caller: AuthenticatedClient, form: Parameters) {
  const deps = c.get('deps');
  const presented = await revokePresented(deps, caller, form);
  const grant = presented?.is === 'access' ? presented.claims.grant : undefined;
  if (grant) await revokeGrantOfClient(deps.databases, deps.moment, grant, caller.client.id, []);
  return {};
}

async function revokePresented(deps: Deps, caller: AuthenticatedClient, form: Parameters) {
  const presented = await parsePresentedToken(deps, form.required('token'));
  if (presented) await revokePresentedToken(deps, caller, presented);
  // RFC 7009 §2.2: the authorization server responds with HTTP status code 200 for an invalid token, too.
  else await useAllOnce(deps.databases.global, deps.moment, caller.singleUses);
  return presented;
}

async function revokePresentedToken(
  deps: Deps,
  { client, singleUses }: AuthenticatedClient,
  presented: PresentedToken,
): Promise<void> {
  const { databases, moment } = deps;
  const actor = `client:${client.id}`;
  if (presented.is === 'access') {
    if (presented.claims.client_id !== client.id) throw issuedToAnother();
    return revokeToken(databases, moment, actor, toIssuedToken(presented.claims), singleUses);
  }
  const owner = await revokeGrantOfClient(databases, moment, presented.grant, client.id, singleUses);
  if (owner !== undefined && owner !== client.id) throw issuedToAnother();
}

/** RFC 7009 §2.1: if the token was not issued to the client, the request is refused and the client is informed. */
const issuedToAnother = () => new OAuthError('invalid_request', 'this token was issued to another client.');
