/**
 * JWT bearer (RFC 7523 §2.1): an assertion of a trusted issuer identifies the user; that of a workload's platform, which
 * authenticated the client, is for the client itself.
 */
import { InvalidJwt } from '../../../crypto/invalid-jwt.ts';
import type { Deps } from '../../../http/context.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { newTokenId } from '../../../protocol/credentials.ts';
import type { IssuerTrust } from '../../../protocol/issuer-trust.ts';
import { BEYOND_ASSERTION, MINUTE, SECOND } from '../../../protocol/lifetimes.ts';
import { invalidGrant, OAuthError } from '../../../protocol/oauth-error.ts';
import { type ResourceRegistry, resolveResource } from '../../../protocol/resource.ts';
import { filterScopes, parseScope } from '../../../protocol/scope.ts';
import type { Settings } from '../../../protocol/settings.ts';
import { SESSIONLESS_SHARD } from '../../../storage/database/shard-names.ts';
import { recordToken } from '../../../storage/grants/record-token.ts';
import { isUsed, wasUsed } from '../../../storage/grants/single-use.ts';
import { findUserOfIssuer } from '../../../storage/server/issuer-subjects.ts';
import { isSubjectAllowed } from '../../../storage/users/users.ts';
import type { AuthenticatedClient, WorkloadClaims } from '../../clients/authenticate/method.ts';
import { type Client, clientScopeRule } from '../../clients/client.ts';
import {
  parseResources,
  requireDpopBinding,
  scopesOfResources,
  tokenMinutesFor,
  withRegistry,
} from '../../resources.ts';
import { type ValidatedApproval, withValidApproval } from '../../use-approval.ts';
import { issueTokens, type TokenResponse } from '../issue.ts';
import { checkConfirmation } from './assertion-binding.ts';
import { issueToClient } from './client-credentials.ts';
import type { GrantHandler } from './grant-handler.ts';
import { type UserAssertionClaims, verifyUserAssertion } from './user-assertion.ts';

export const jwtBearer: GrantHandler = (deps, caller, form) =>
  caller.workload ? issueToWorkload(deps, caller, caller.workload, form) : issueForUser(deps, caller, form);

/** Issues a token to the client of a workload, as with client credentials. */
function issueToWorkload(
  deps: Deps,
  caller: AuthenticatedClient,
  { exp, scope, cnf }: WorkloadClaims,
  form: Parameters,
): Promise<TokenResponse> {
  try {
    checkConfirmation(cnf, caller.thumbprint);
  } catch (cause) {
    if (cause instanceof InvalidJwt) throw invalidGrant(`the assertion is not valid: ${cause.message}.`, cause);
    throw cause;
  }
  return issueToClient(deps, caller, form, { scope, until: exp * SECOND + BEYOND_ASSERTION });
}

/** Issues a token for the user of an assertion. */
const issueForUser: GrantHandler = async (deps, caller, form) => {
  const { client, singleUses, thumbprint } = caller;
  const { trust, claims } = await verifyUserAssertion(deps, caller, form.required('assertion'));
  const settings = await deps.settings();
  const { resource, scopes, minutes } = await withRegistry(deps, (registry) => {
    const grantable = grantableByAssertion(deps.config.issuer, registry, settings, client, trust, claims, form);
    requireDpopBinding(grantable.resource, registry, thumbprint);
    return grantable;
  });
  const email = trust.match_email && claims.email_verified === true ? claims.email : undefined;
  const user = await findUserOfIssuer(deps.databases, claims.iss, claims.sub, email);
  if (!user || !isSubjectAllowed(user)) throw invalidGrant('no user is linked to the subject of the assertion.');
  const { now } = deps.moment;
  const id = newTokenId(SESSIONLESS_SHARD);
  const expiresAt = now + minutes * MINUTE;
  const once = { text: `grant:${claims.iss}:${claims.jti}`, expiresAt: claims.exp * SECOND + MINUTE };
  const record = async ({ scopes: approved, snapshot }: ValidatedApproval) => {
    const issued = {
      jti: id,
      sub: user.id,
      client_id: client.id,
      resource,
      scopes: approved,
      iat: Math.floor(now / SECOND),
      exp: Math.floor(expiresAt / SECOND),
    };
    const outcome = await recordToken(deps.databases, deps.moment, issued, [once, ...singleUses], snapshot).catch(
      async (error: unknown) => {
        // Otherwise the assertion of client authentication was used before.
        if (wasUsed(error) && (await isUsed(deps.databases.global, once)))
          throw invalidGrant('the assertion was used before.');
        throw error;
      },
    );
    return { outcome, scopes: approved };
  };
  const approval = { scopes, resources: [resource], userId: user.id, approvedAt: now, roles: user.roles };
  const { outcome, scopes: approved } = await withValidApproval(deps, client, approval, record);
  if (outcome !== 'recorded') throw invalidGrant('the user or the client is disabled.');
  const token = { id, scopes: approved, resource, expiresAt };
  // RFC 7521 §4.1: no refresh token: the client can request another assertion.
  return issueTokens(deps, caller, { token, sub: user.id, user: user });
};

/** The grantable request: limited by the assertion, the trust in its issuer, and the client. */
function grantableByAssertion(
  issuer: string,
  registry: ResourceRegistry,
  settings: Settings,
  client: Client,
  trust: IssuerTrust,
  claims: UserAssertionClaims,
  form: Parameters,
) {
  const asserted = [claims.resource ?? []].flat().map((id) => resolveResource(id, issuer, registry));
  const requested = parseResources(form, issuer, registry);
  if (requested.length > 1) throw new OAuthError('invalid_target', 'name one resource for one access token.');
  const resource = requested[0] ?? asserted[0] ?? issuer;
  if (asserted.length > 0 && !asserted.includes(resource)) {
    throw new OAuthError('invalid_target', 'the assertion is for another resource.');
  }
  const assertedScopes = claims.scope === undefined ? undefined : parseScope(claims.scope);
  const isWithin = (name: string) =>
    (trust.scopes.length === 0 || trust.scopes.includes(name)) && (assertedScopes?.includes(name) ?? true);
  const known = scopesOfResources([resource], { issuer, registry, settings });
  const rule = clientScopeRule(client, known);
  const within = rule.within.filter(isWithin);
  const scopes = filterScopes(form.one('scope') ?? claims.scope, { ...rule, within, noneLeft: 'refused' });
  return { resource, scopes, minutes: tokenMinutesFor(resource, { issuer, registry, settings }) };
}
