/** POST /revoke (RFC 7009): a client gives a token back. With its refresh token the whole grant ends. */
import type { Context } from 'hono';
import { shardOf } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { giveGrantBack } from '../storage/grants.ts';
import { spendAll, spendIn } from '../storage/spent.ts';
import { revokeToken } from '../storage/tokens.ts';
import type { Deps, Web } from '../web/context.ts';
import type { Parameters } from '../web/parameters.ts';
import type { Caller } from './clients/authenticate/method.ts';
import { issuedToken, openPresented, type PresentedToken } from './presented-token.ts';

export async function revoke(c: Context<Web>, caller: Caller, form: Parameters) {
  const deps = c.get('deps');
  const presented = await openPresented(deps, form.required('token'));
  if (presented) await end(deps, caller, presented);
  // RFC 7009 §2.2: the authorization server responds with HTTP status code 200 for an invalid token, too.
  else await spendAll(deps.databases.global, deps.moment, caller.spends);
  return {};
}

async function end(deps: Deps, { client, spends }: Caller, presented: PresentedToken): Promise<void> {
  const { databases, moment } = deps;
  const actor = `client:${client.id}`;
  if (presented.is === 'access') {
    if (presented.claims.client_id !== client.id) throw foreign();
    const ended = revokeToken(databases, moment, actor, issuedToken(presented.claims), spends);
    return spendIn(databases, shardOf(presented.claims.jti), spends, ended);
  }
  const shard = shardOf(presented.grant);
  const db = databases.shard(shard);
  const given = db && giveGrantBack(db, moment, presented.grant, client.id, spends);
  const owner = given && (await spendIn(databases, shard, spends, given));
  if (owner !== undefined && owner !== client.id) throw foreign();
}

/** RFC 7009 §2.1: if the token was not issued to the client, the request is refused and the client is informed. */
const foreign = () => new OAuthError('invalid_request', 'this token was issued to another client.');
