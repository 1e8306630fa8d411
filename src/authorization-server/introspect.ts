/** POST /introspect (RFC 7662): what a token is worth now, for those whom it concerns. */
import type { Context } from 'hono';
import type { AccessTokenClaims } from '../protocol/access-token.ts';
import { shardOf } from '../protocol/credentials.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { personClaims } from '../protocol/person-claims.ts';
import { findClientNear } from '../storage/clients.ts';
import { findRefreshable } from '../storage/grants.ts';
import { findPerson } from '../storage/people.ts';
import { spendAll } from '../storage/spent.ts';
import { personOf, tokenHolds } from '../storage/tokens.ts';
import type { Deps, Web } from '../web/context.ts';
import type { Parameters } from '../web/parameters.ts';
import { withChallenge } from './clients/authenticate/index.ts';
import type { Caller } from './clients/authenticate/method.ts';
import { type Client, isPublic } from './clients/client.ts';
import { openPresented, type PresentedToken } from './presented-token.ts';

/** RFC 7662 §2.2: for anything else the response is only this, so that nobody learns why. */
const INACTIVE = { active: false };

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

function describe(deps: Deps, client: Client, presented: PresentedToken) {
  return presented.is === 'access'
    ? describeAccess(deps, client, presented.claims)
    : describeRefresh(deps, client, presented);
}

async function describeAccess(deps: Deps, client: Client, claims: AccessTokenClaims) {
  const { databases, moment } = deps;
  if (!(await concerns(deps, client, claims))) return INACTIVE;
  const scopes = (claims.scope ?? '').split(' ');
  const personId = personOf(claims.sub);
  const [holds, person, owner] = await Promise.all([
    tokenHolds(databases, claims),
    personId && findPerson(databases, personId),
    claims.client_id === client.id ? client : findClientNear(databases, claims.client_id, moment.now),
  ]);
  if (!holds || (personId && (!person || person.disabledAt !== null))) return INACTIVE;
  const { scope, client_id, exp, iat, sub, aud, iss, jti, act, cnf } = claims;
  return {
    active: true,
    ...{ scope, client_id, token_type: cnf ? 'DPoP' : 'Bearer', exp, iat, sub, aud, iss, jti, act },
    // RFC 9449 §6.2
    ...(cnf && { cnf }),
    trusted_client: owner?.trusted ?? false,
    ...(person && scopes.includes('email') ? { username: person.email } : {}),
    ...(person && scopes.includes('openid') ? personClaims(person, scopes) : {}),
  };
}

/** RFC 7662 §4: only those whom a token was issued to, or meant for, learn anything about it. */
async function concerns(deps: Deps, client: Client, { client_id, aud }: AccessTokenClaims): Promise<boolean> {
  if (client_id === client.id) return true;
  const registry = await deps.registry();
  return [aud].flat().some((resource) => registry.get(resource)?.client_id === client.id);
}

async function describeRefresh(
  deps: Deps,
  client: Client,
  { grant: id, generation }: PresentedToken & { is: 'refresh' },
) {
  const settings = await deps.settings();
  const db = deps.databases.shard(shardOf(id));
  const graceSeconds = client.refreshGraceSeconds ?? settings.refresh_grace_seconds;
  const wanted = { grant: id, generation, clientId: client.id, graceSeconds };
  const grant = db && (await findRefreshable(db, wanted, deps.moment.now, settings));
  if (!grant) return INACTIVE;
  return {
    active: true,
    scope: grant.scopes.join(' '),
    client_id: client.id,
    token_type: 'refresh_token',
    exp: Math.floor(grant.expiresAt / SECOND),
    iat: Math.floor(grant.createdAt / SECOND),
    sub: grant.personId,
    iss: deps.config.issuer,
    ...(grant.jkt !== null && { cnf: { jkt: grant.jkt } }),
    trusted_client: client.trusted,
  };
}
