/**
 * Token exchange (RFC 8693): an access token for another resource, or with fewer scopes, in exchange for a user's access
 * token, within the client's policy.
 */
import { mappingNeedsUser } from '../../../protocol/claim-mapping.ts';
import { newTokenId, shardOf } from '../../../protocol/credentials.ts';
import { MINUTE, SECOND } from '../../../protocol/lifetimes.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import { filterScopes } from '../../../protocol/scope.ts';
import { ACCESS_TOKEN_TYPE, ID_JAG_TOKEN_TYPE } from '../../../protocol/token-type.ts';
import { recordToken } from '../../../storage/grants/record-token.ts';
import { isTokenActive, userOf } from '../../../storage/grants/tokens.ts';
import { findUser } from '../../../storage/users/users.ts';
import { filterResourceScopes, requireDpopBinding, tokenMinutesFor, withRegistry } from '../../resources.ts';
import { type ValidatedApproval, withValidApproval } from '../../use-approval.ts';
import { issueTokens } from '../issue.ts';
import { exchangeableScopes, exchangeTarget } from './exchange-target.ts';
import {
  actorClaim,
  checkTokenType,
  inactiveToken,
  verifyActorToken,
  verifyExchangedToken,
} from './exchanged-token.ts';
import type { GrantHandler } from './grant-handler.ts';

export const tokenExchange: GrantHandler = async (deps, caller, form) => {
  const { client, singleUses, thumbprint } = caller;
  // Loaded when it is first needed.
  if (form.one('requested_token_type') === ID_JAG_TOKEN_TYPE)
    return (await import('./id-jag.ts')).issueIdJag(deps, caller, form);
  const policy = client.exchange;
  if (!policy) throw new OAuthError('unauthorized_client', 'this client has no token exchange policy.');
  checkTokenType('requested_token_type', form.one('requested_token_type') ?? ACCESS_TOKEN_TYPE);
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
    const target = exchangeTarget(deps.config.issuer, registry, policy, form);
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
  return { ...response, issued_token_type: ACCESS_TOKEN_TYPE };
};
