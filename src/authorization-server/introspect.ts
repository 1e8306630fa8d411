/** POST /introspect (RFC 7662): what a token is worth now, for those whom it concerns. */
import type { Context } from 'hono';
import type { AccessTokenClaims } from '../protocol/access-token.ts';
import { shardOf } from '../protocol/credentials.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { personClaims } from '../protocol/person-claims.ts';
import type { Registry } from '../protocol/resource.ts';
import { findClientNear } from '../storage/clients.ts';
import { findActiveGrant, type Grant, isRefreshable } from '../storage/grants.ts';
import { spendAll } from '../storage/spent.ts';
import { findTokenHolder } from '../storage/token-holder.ts';
import type { Deps, Web } from '../web/context.ts';
import type { Parameters } from '../web/parameters.ts';
import { withChallenge } from './clients/authenticate/index.ts';
import type { Caller } from './clients/authenticate/method.ts';
import { type Client, isPublic } from './clients/client.ts';
import { openPresented, type PresentedToken } from './presented-token.ts';

/** RFC 7662 §2.2: for anything else the response is only this, so that nobody learns why. */
const INACTIVE = { active: false as const };

export async function introspect(c: Context<Web>, { client, spends }: Caller, form: Parameters) {
  const deps = c.get('deps');
  // RFC 7662 §2.1: the endpoint MUST also require some form of authorization: a name alone is none.
  if (isPublic(client)) {
    throw withChallenge(
      deps,
      new OAuthError('invalid_client', 'a client that does not authenticate cannot ask about tokens.'),
    );
  }
  const presented = await openPresented(deps, form.required('token'));
  const [answer] = await Promise.all([
    presented ? describe(deps, client, presented) : INACTIVE,
    spendAll(deps.databases.global, deps.moment, spends),
  ]);
  return answer;
}

async function describe(deps: Deps, client: Client, presented: PresentedToken) {
  if (presented.is === 'refresh') return describeRefresh(deps, client, presented);
  const { claims } = presented;
  return (await concerns(deps, client, claims)) ? describeAccess(deps, claims, client) : INACTIVE;
}

/** What an access token is worth now. @param asker spares the look at its client, where that is the one who asks. */
export async function describeAccess(
  { databases, moment }: Pick<Deps, 'databases' | 'moment'>,
  claims: AccessTokenClaims,
  asker?: Client,
) {
  const scopes = (claims.scope ?? '').split(' ');
  const [holder, owner] = await Promise.all([
    findTokenHolder(databases, claims),
    claims.client_id === asker?.id ? asker : findClientNear(databases, claims.client_id, moment.now),
  ]);
  if (!holder) return INACTIVE;
  const { person } = holder;
  const { scope, client_id, exp, iat, sub, aud, iss, jti, act, cnf } = claims;
  return {
    active: true as const,
    ...{ scope, client_id, token_type: cnf ? 'DPoP' : 'Bearer', exp, iat, sub, aud, iss, jti, act },
    // RFC 9449 §6.2
    ...(cnf && { cnf }),
    trusted_client: owner?.trusted ?? false,
    ...(person && scopes.includes('email') ? { username: person.email } : {}),
    ...(person && scopes.includes('openid') ? { ...personClaims(person, scopes), sub } : {}),
  };
}

/** RFC 7662 §4: only those whom a token was issued to, or meant for, learn anything about it. */
async function concerns(deps: Deps, client: Client, { client_id, aud }: AccessTokenClaims): Promise<boolean> {
  if (client_id === client.id) return true;
  const isTheirs = (registry: Registry) =>
    [aud].flat().some((resource) => registry.get(resource)?.client_id === client.id);
  // What is held may be old: "not yours" is said only on the primary's word.
  return isTheirs(await deps.registry()) || isTheirs(await deps.latestRegistry());
}

async function describeRefresh(
  deps: Deps,
  client: Client,
  { grant: id, generation }: PresentedToken & { is: 'refresh' },
) {
  const settings = await deps.settings();
  const { now } = deps.moment;
  const db = deps.databases.shard(shardOf(id));
  const grant = db && (await findActiveGrant(db, id, now, settings));
  const graceSeconds = client.refreshGraceSeconds ?? settings.refresh_grace_seconds;
  if (grant?.clientId !== client.id || !isRefreshable(grant, generation, graceSeconds, now)) return INACTIVE;
  return describeGrant(grant, client, deps.config.issuer);
}

/** What a refresh token of this grant is worth. */
export function describeGrant(grant: Grant, client: Client | undefined, issuer: string) {
  return {
    active: true as const,
    scope: grant.scopes.join(' '),
    client_id: grant.clientId,
    token_type: 'refresh_token',
    exp: Math.floor(grant.expiresAt / SECOND),
    iat: Math.floor(grant.createdAt / SECOND),
    sub: grant.personId,
    iss: issuer,
    ...(grant.jkt !== null && { cnf: { jkt: grant.jkt } }),
    trusted_client: client?.trusted ?? false,
  };
}
