/**
 * Token exchange (RFC 8693): an access token for another resource, or with fewer scopes, in exchange for a user's access
 * token, within the client's policy.
 */
import { InvalidJwt } from '../../../crypto/jwt.ts';
import type { Deps } from '../../../http/context.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { type AccessTokenClaims, type Actor, verifyAccessToken } from '../../../protocol/access-token.ts';
import { isSameResource } from '../../../protocol/canonical-resource.ts';
import { mappingNeedsUser } from '../../../protocol/claim-mapping.ts';
import { newTokenId, shardOf } from '../../../protocol/credentials.ts';
import { MINUTE, SECOND } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { type ResourceRegistry, requireCanonicalResource, resolveResource } from '../../../protocol/resource.ts';
import { filterScopes, parseScope, SERVER_SCOPES } from '../../../protocol/scope.ts';
import { OPENID_SCOPE } from '../../../protocol/scope-names.ts';
import type { TokenExchangePolicy } from '../../../protocol/token-exchange-policy.ts';
import { ID_JAG_TOKEN_TYPE } from '../../../protocol/token-type.ts';
import { recordToken } from '../../../storage/grants/record-token.ts';
import { isTokenActive, userOf } from '../../../storage/grants/tokens.ts';
import { findUser } from '../../../storage/users/users.ts';
import type { Client } from '../../clients/client.ts';
import {
  filterResourceScopes,
  parseResources,
  requireDpopBinding,
  tokenMinutesFor,
  withRegistry,
} from '../../resources.ts';
import { type ValidatedApproval, withValidApproval } from '../../use-approval.ts';
import { issueTokens } from '../issue.ts';
import type { GrantHandler } from './grant-handler.ts';

/** The longest chain of actors: repeated exchange would grow the token without limit. */
const MAX_ACTORS = 8;

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
/** The types of this server's access tokens (RFC 8693 §3). */
const TOKEN_TYPES = [ACCESS_TOKEN, 'urn:ietf:params:oauth:token-type:jwt'];

export const tokenExchange: GrantHandler = async (deps, caller, form) => {
  const { client, singleUses, thumbprint } = caller;
  // Loaded when it is first needed.
  if (form.one('requested_token_type') === ID_JAG_TOKEN_TYPE)
    return (await import('./id-jag.ts')).issueIdJag(deps, caller, form);
  const policy = client.exchange;
  if (!policy) throw new OAuthError('unauthorized_client', 'this client has no token exchange policy.');
  checkTokenType('requested_token_type', form.one('requested_token_type') ?? ACCESS_TOKEN);
  const subject = await verifyExchangedToken(deps, client, policy, form, 'subject_token');
  // A bound token is not exchanged for a bearer token.
  if (subject.cnf && thumbprint === undefined) {
    throw new OAuthError('invalid_dpop_proof', 'subject_token is bound to a key: send a DPoP proof.');
  }
  const actor = await verifyActorToken(deps, client, policy, form);
  // The proof must be made with the key of the actor token (RFC 9449 §7).
  if (actor?.cnf && actor.cnf.jkt !== thumbprint) {
    throw new OAuthError('invalid_dpop_proof', 'actor_token is bound to a key: send a DPoP proof of that key.');
  }
  const act = actorClaim(client, policy, subject, actor);
  const settings = await deps.settings();
  const { resource, scopes, minutes } = await withRegistry(deps, (registry) => {
    const target = chooseTarget(deps.config.issuer, registry, policy, form);
    requireDpopBinding(target, registry, thumbprint);
    const { issuer } = deps.config;
    const exchangeable = exchangeableScopes(policy, subject, target, issuer);
    const within = filterResourceScopes(target, exchangeable, { issuer, registry, settings });
    // RFC 8693 §2.1: the requested scope; all allowed scopes if omitted.
    const rule = { within, omitted: within, noneLeft: 'refused' } as const;
    return {
      resource: target,
      scopes: filterScopes(form.one('scope'), rule),
      minutes: tokenMinutesFor(target, { issuer, registry, settings }),
    };
  });
  if (actor && !(await isTokenActive(deps.databases, actor))) throw inactiveToken('actor_token');
  const { now } = deps.moment;
  // Never longer than the exchanged tokens.
  const expiresAt = Math.min(subject.exp * SECOND, (actor?.exp ?? subject.exp) * SECOND, now + minutes * MINUTE);
  const { sub, grant } = subject;
  const id = newTokenId(shardOf(subject.jti));
  const record = async ({ scopes: approved, snapshot }: ValidatedApproval) => {
    const issued = {
      jti: id,
      sub,
      client_id: client.id,
      grant,
      resource,
      scopes: approved,
      iat: Math.floor(now / SECOND),
      exp: Math.floor(expiresAt / SECOND),
    };
    // The statement checks that the subject token is active.
    const outcome = await recordToken(deps.databases, deps.moment, issued, singleUses, snapshot, subject);
    return { outcome, scopes: approved };
  };
  const userId = userOf(sub);
  const approval = { scopes, resources: [resource], userId, approvedAt: now, checkUserRoles: true };
  const isNeeded = mappingNeedsUser(client.claimMapping, { resource }, scopes);
  const recording = withValidApproval(deps, client, approval, record);
  const [{ outcome, scopes: approved }, user] = await Promise.all([
    recording,
    isNeeded && userId ? findUser(deps.databases, userId).catch(() => undefined) : undefined,
  ]);
  if (outcome !== 'recorded') throw inactiveToken('subject_token');
  const token = { id, scopes: approved, resource, expiresAt };
  const response = await issueTokens(deps, caller, { token, sub, act, grant, user });
  return { ...response, issued_token_type: ACCESS_TOKEN };
};

// RFC 8693 §2.2.2: if the subject or actor token is invalid, or unacceptable by policy, the error is invalid_request.
const invalidRequest = (description: string, cause?: unknown) =>
  new OAuthError('invalid_request', description, { cause });

const inactiveToken = (name: string) =>
  invalidRequest(`${name} was revoked, or the user or a client of it is disabled.`);

function checkTokenType(name: string, type: string): void {
  if (!TOKEN_TYPES.includes(type)) throw invalidRequest(`${name} must be one of: ${TOKEN_TYPES.join(', ')}.`);
}

/** Verifies an access token that was issued to this client, or to one in its policy. */
async function verifyExchangedToken(
  deps: Deps,
  client: Client,
  policy: TokenExchangePolicy,
  form: Parameters,
  name: 'subject_token' | 'actor_token',
): Promise<AccessTokenClaims> {
  // RFC 8693 §2.1: subject_token_type REQUIRED; actor_token_type REQUIRED when the actor_token is present.
  checkTokenType(`${name}_type`, form.required(`${name}_type`));
  const { issuer, signingKeys } = deps.config;
  const expected = { keys: signingKeys, issuer, now: deps.moment.now };
  const claims = await verifyAccessToken(form.required(name), expected).catch((cause: unknown) => {
    if (cause instanceof InvalidJwt) throw invalidRequest(`${name} is not a valid access token of this server.`, cause);
    throw cause;
  });
  if (claims.client_id !== client.id && !policy.from.includes('*') && !policy.from.includes(claims.client_id)) {
    throw invalidRequest(`this client may not exchange ${name}: it was issued to another client.`);
  }
  return claims;
}

async function verifyActorToken(deps: Deps, client: Client, policy: TokenExchangePolicy, form: Parameters) {
  if (form.one('actor_token') !== undefined) return verifyExchangedToken(deps, client, policy, form, 'actor_token');
  // RFC 8693 §2.1: actor_token_type MUST NOT be included where there is no actor_token.
  if (form.one('actor_token_type') !== undefined)
    throw invalidRequest('actor_token_type has no actor_token beside it.');
  return undefined;
}

/** The `act` claim for delegation, with earlier actors nested (RFC 8693 §4.1). */
function actorClaim(
  client: Client,
  { semantics }: TokenExchangePolicy,
  subject: AccessTokenClaims,
  actor: AccessTokenClaims | undefined,
): Actor | undefined {
  if (actor && !semantics.includes('delegation'))
    throw invalidRequest('this client is not allowed to use delegation (actor_token).');
  // RFC 8693 §1.1: without actor_token it is impersonation, if allowed.
  if (!actor && semantics.includes('impersonation')) return subject.act;
  const act = { sub: actor?.sub ?? client.id, ...(subject.act && { act: subject.act }) };
  if (actorChainLength(act) > MAX_ACTORS) throw invalidRequest(`the chain of actors is limited to ${MAX_ACTORS}.`);
  return act;
}

const actorChainLength = (act: Actor | undefined): number => (act ? 1 + actorChainLength(act.act) : 0);

/** The resource of the new token: `resource` or `audience`, else the only one of the policy. */
function chooseTarget(
  issuer: string,
  registry: ResourceRegistry,
  policy: TokenExchangePolicy,
  form: Parameters,
): string {
  const targets = parseResources(form, issuer, registry, ['resource', 'audience']);
  const allowed = policy.resources;
  if (targets.length > 1) throw new OAuthError('invalid_target', 'name one resource for one access token.');
  const only = allowed.length === 1 ? allowed[0] : undefined;
  const target = targets[0] ?? (only && resolveResource(only, issuer, registry));
  if (target === undefined) throw new OAuthError('invalid_target', 'resource is missing.');
  if (!allowed.some((one) => isSameResource(one, target))) {
    throw new OAuthError('invalid_target', 'this client may not get tokens for that resource.');
  }
  return target;
}

/**
 * The scopes allowed for the new token. For the same resource: those of the subject token within the policy. For another
 * resource, whose scopes the subject token cannot have: those of the policy. User scopes (openid, email, …) are never
 * added; `openid`, which grants access to /userinfo, is only for resources of this server.
 */
function exchangeableScopes(
  { scopes, resources }: TokenExchangePolicy,
  subject: AccessTokenClaims,
  target: string,
  issuer: string,
): string[] {
  const excluded = resources.map(requireCanonicalResource).includes(issuer) ? [] : [OPENID_SCOPE];
  const subjectScopes = parseScope(subject.scope ?? '').filter((name) => !excluded.includes(name));
  const isUserScope = (name: string) => SERVER_SCOPES.some((scope) => scope.name === name);
  if (scopes.length === 0) return subjectScopes;
  // The first audience is the resource; the issuer as second audience is not.
  const isSame = [subject.aud].flat()[0] === target;
  return scopes.filter((name) => subjectScopes.includes(name) || (!isSame && !isUserScope(name)));
}
