/**
 * Token exchange (RFC 8693): a client that holds somebody's access token gets another one, for another resource or
 * with less in it, within the policy that an administrator set for it.
 */
import { InvalidJwt } from '../../../crypto/jwt.ts';
import { type AccessTokenClaims, type Actor, verifyAccessToken } from '../../../protocol/access-token.ts';
import { newTokenId, shardOf } from '../../../protocol/credentials.ts';
import type { ExchangePolicy } from '../../../protocol/exchange-policy.ts';
import { MINUTE, SECOND } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { canonicalForm, canonicalResource, type Registry } from '../../../protocol/resource.ts';
import { ADMIN_SCOPE, parseScope, SERVER_SCOPES } from '../../../protocol/scope.ts';
import { spendIn } from '../../../storage/spent.ts';
import { recordToken, tokenHolds } from '../../../storage/tokens.ts';
import type { Deps } from '../../../web/context.ts';
import type { Parameters } from '../../../web/parameters.ts';
import type { Client } from '../../clients/client.ts';
import { checkBound, scopesAt, tokenMinutes, withRegistry } from '../../resources.ts';
import { issueTokens } from '../issue.ts';
import type { Grant } from './grant.ts';

/** A token that is exchanged again and again would grow without end. */
const MOST_ACTORS = 8;

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
/** RFC 8693 §3: our access tokens are both. */
const TOKEN_TYPES = [ACCESS_TOKEN, 'urn:ietf:params:oauth:token-type:jwt'];

export const tokenExchange: Grant = {
  grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
  registeredBy: 'administrator',
  confidentialOnly: true,
  async handle(deps, caller, form) {
    const { client, spends, thumbprint } = caller;
    const policy = client.exchange;
    if (!policy) throw new OAuthError('unauthorized_client', 'no administrator has set what this client may exchange.');
    checkType('requested_token_type', form.one('requested_token_type') ?? ACCESS_TOKEN);
    const subject = await openToken(deps, client, policy, form, 'subject_token');
    // What is bound to a key does not become a token that whoever finds it may use.
    if (subject.cnf && thumbprint === undefined) {
      throw new OAuthError('invalid_dpop_proof', 'subject_token is bound to a key: send a DPoP proof for the new one.');
    }
    const actor = await openActor(deps, client, policy, form);
    const act = actingParty(client, policy, subject, actor);
    const settings = await deps.settings();
    const { resource, scopes, minutes } = await withRegistry(deps, (registry) => {
      const target = chooseTarget(deps.config.issuer, registry, policy, form);
      checkBound(target, registry, thumbprint);
      const allowed = scopesAt(target, carriedOver(policy, subject, target, deps.config.issuer), registry, settings);
      return { resource: target, scopes: narrowed(form, allowed), minutes: tokenMinutes(target, registry, settings) };
    });
    if (actor && !(await tokenHolds(deps.databases, actor))) throw over('actor_token');
    const { now } = deps.moment;
    // Never longer than what it was made from.
    const expiresAt = Math.min(subject.exp * SECOND, (actor?.exp ?? subject.exp) * SECOND, now + minutes * MINUTE);
    const shard = shardOf(subject.jti);
    const token = { id: newTokenId(shard), scopes, resource, expiresAt };
    const { sub, grant } = subject;
    const issued = {
      ...{ jti: token.id, sub, client_id: client.id, grant, resource, scopes },
      ...{ iat: Math.floor(now / SECOND), exp: Math.floor(expiresAt / SECOND) },
    };
    // Whether the subject token holds is part of the statement: nothing can come between.
    const recorded = recordToken(deps.databases, deps.moment, issued, spends, subject);
    if (!(await spendIn(deps.databases, shard, spends, recorded))) throw over('subject_token');
    const response = await issueTokens(deps, caller, { token, sub, act, grant });
    return { ...response, issued_token_type: ACCESS_TOKEN };
  },
};

// RFC 8693 §2.2.2: if the subject or actor token is invalid, or unacceptable by policy, the error is invalid_request.
const refused = (description: string, cause?: unknown) => new OAuthError('invalid_request', description, { cause });

const over = (name: string) => refused(`${name} was revoked, or the person or a client of it is disabled.`);

function checkType(name: string, type: string): void {
  if (!TOKEN_TYPES.includes(type)) throw refused(`${name} must be one of: ${TOKEN_TYPES.join(', ')}.`);
}

/** An access token of ours, issued to this client or to one whose tokens it may exchange. */
async function openToken(
  deps: Deps,
  client: Client,
  policy: ExchangePolicy,
  form: Parameters,
  name: 'subject_token' | 'actor_token',
): Promise<AccessTokenClaims> {
  // RFC 8693 §2.1: subject_token_type REQUIRED; actor_token_type REQUIRED when the actor_token is present.
  checkType(`${name}_type`, form.required(`${name}_type`));
  const { issuer, signingKeys } = deps.config;
  const expected = { keys: signingKeys, issuer, now: deps.moment.now };
  const claims = await verifyAccessToken(form.required(name), expected).catch((cause: unknown) => {
    if (cause instanceof InvalidJwt) throw refused(`${name} is not a valid access token of this server.`, cause);
    throw cause;
  });
  if (claims.client_id !== client.id && !policy.from.includes('*') && !policy.from.includes(claims.client_id)) {
    throw refused(`this client may not exchange ${name}: it was issued to another client.`);
  }
  return claims;
}

async function openActor(deps: Deps, client: Client, policy: ExchangePolicy, form: Parameters) {
  if (form.one('actor_token') !== undefined) return openToken(deps, client, policy, form, 'actor_token');
  // RFC 8693 §2.1: actor_token_type MUST NOT be included where there is no actor_token.
  if (form.one('actor_token_type') !== undefined) throw refused('actor_token_type has no actor_token beside it.');
  return undefined;
}

/** RFC 8693 §4.1: in delegation the token says who acts; who acted before stays inside. */
function actingParty(
  client: Client,
  { semantics }: ExchangePolicy,
  subject: AccessTokenClaims,
  actor: AccessTokenClaims | undefined,
): Actor | undefined {
  if (actor && !semantics.includes('delegation')) throw refused('this client may not act for somebody (actor_token).');
  // RFC 8693 §1.1: without a word about who acts, it is impersonation, where that is allowed.
  if (!actor && semantics.includes('impersonation')) return subject.act;
  const act = { sub: actor?.sub ?? client.id, ...(subject.act && { act: subject.act }) };
  if (lengthOf(act) > MOST_ACTORS) throw refused(`no more than ${MOST_ACTORS} may act for one another.`);
  return act;
}

const lengthOf = (act: Actor | undefined): number => (act ? 1 + lengthOf(act.act) : 0);

/** The one resource that the new token is for: `resource` or `audience`, else the only one that the policy names. */
function chooseTarget(issuer: string, registry: Registry, policy: ExchangePolicy, form: Parameters): string {
  const asked = [...form.all('resource'), ...form.all('audience')];
  const targets = [...new Set(asked.map((one) => canonicalResource(one, issuer, registry)))];
  const allowed = policy.resources.map(canonicalForm);
  if (targets.length > 1) throw new OAuthError('invalid_target', 'name one resource for one access token.');
  const target = targets[0] ?? (allowed.length === 1 ? allowed[0] : undefined);
  if (target === undefined) throw new OAuthError('invalid_target', 'resource is missing.');
  if (!allowed.includes(target)) {
    throw new OAuthError('invalid_target', 'this client may not get tokens for that resource.');
  }
  return target;
}

/**
 * What the new token may hold. For the resource that the token was made for: what it holds, as far as the policy lets
 * it through. For another resource, whose scopes it could not hold: what the policy names. What is the person's own
 * (openid, email, …) never grows; `openid`, which opens this server beside the resource, and `admin` do not leave it.
 */
function carriedOver(
  { scopes, resources }: ExchangePolicy,
  subject: AccessTokenClaims,
  target: string,
  issuer: string,
): string[] {
  const stays = [
    ...(resources.map(canonicalForm).includes(issuer) ? [] : ['openid']),
    ...(target === issuer ? [] : [ADMIN_SCOPE]),
  ];
  const held = parseScope(subject.scope ?? '').filter((name) => !stays.includes(name));
  const isPersonal = (name: string) => SERVER_SCOPES.some((scope) => scope.name === name);
  if (scopes.length === 0) return held;
  const isSame = [subject.aud].flat().includes(target);
  return scopes.filter((name) => held.includes(name) || (!isSame && !isPersonal(name)));
}

/** RFC 8693 §2.1: scope: the desired scope; all that is allowed where it is left out. */
function narrowed(form: Parameters, allowed: string[]): string[] {
  const asked = form.one('scope');
  if (asked === undefined) return allowed;
  const scopes = parseScope(asked);
  const beyond = scopes.find((scope) => !allowed.includes(scope));
  if (beyond !== undefined)
    throw new OAuthError('invalid_scope', `the scope ${beyond} goes beyond what may be exchanged.`);
  return scopes;
}
