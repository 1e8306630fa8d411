/**
 * Validation of an approval: what was sealed or stored at consent is validated again with the client, the user's roles
 * and the settings as they are now. The only place that validates it.
 */
import { OAuthError } from '../protocol/oauth-error.ts';
import { redirectUriMatches } from '../protocol/redirect-uri.ts';
import { meetsFactorPolicy, rolesNeedSecondFactor } from '../protocol/second-factor.ts';
import type { Settings } from '../protocol/settings.ts';
import { allowedScopes, type Client, clientNameOf, isUserAllowed, needsPkce } from './clients/client.ts';
import { checkApproved } from './clients/client-approval.ts';
import { type ScopeRegistry, scopesOfResources } from './resources.ts';

/** The approved request. */
export type Approval = {
  scopes: readonly string[];
  resources: readonly string[];
  /** Undefined where the flow has no redirect. */
  redirectUri?: string | undefined;
  /** The code_challenge of the authorization request. */
  codeChallenge?: string | undefined;
  /** The authentication of the user who approved; undefined where no sign-in was part of it. */
  amr?: readonly string[] | undefined;
};

/** The current state that an approval is validated with. */
export type ApprovalContext = ScopeRegistry & {
  client: Client;
  /** True if the issuer is on loopback. */
  isLoopback: boolean;
  /** Undefined where cutoffs in the statement that uses the approval cover the user's roles. */
  roles: readonly string[] | undefined;
};

/**
 * Validates an approval. @returns the approved scopes that are still allowed.
 * @throws OAuthError unauthorized_client, access_denied, or invalid_scope where no scope is left.
 */
export function validateApproval(
  approval: Approval,
  { client, roles, isLoopback, ...known }: ApprovalContext,
): string[] {
  checkApproved(client, known.settings);
  requireClientRole(client, roles);
  requireFactorOfApproval(client, roles, known.settings, approval.amr);
  const { codeChallenge, redirectUri, resources, scopes } = approval;
  // RFC 9700 §4.1.3: a code is sent only to a registered redirect URI.
  if (redirectUri !== undefined && !redirectUriMatches(redirectUri, client.metadata.redirect_uris)) {
    throw new OAuthError('access_denied', 'redirect_uri is no longer registered for this client.');
  }
  if (redirectUri !== undefined && codeChallenge === undefined && needsPkce(client, { isLoopback })) {
    throw new OAuthError(
      'access_denied',
      'PKCE is now required for this client, and the request had no code_challenge.',
    );
  }
  const allowed = filterAllowedScopes(client, scopes, resources, known);
  if (allowed.length === 0 && scopes.length > 0) {
    throw new OAuthError('invalid_scope', 'none of the approved scopes is still allowed.');
  }
  return allowed;
}

/** @throws OAuthError access_denied for an approval without the second factor that the client or a role requires. */
export function requireFactorOfApproval(
  client: Pick<Client, 'requireSecondFactor'>,
  roles: readonly string[] | undefined,
  settings: Settings,
  amr: readonly string[] | undefined,
): void {
  if (amr === undefined || meetsFactorPolicy(amr)) return;
  if (!client.requireSecondFactor && !rolesNeedSecondFactor(roles ?? [], settings)) return;
  throw new OAuthError(
    'access_denied',
    'this needs a sign-in with a second factor now: the user must authorize again.',
  );
}

/** @throws OAuthError access_denied for a user without one of the roles that the client requires. */
export function requireClientRole(client: Client, roles: readonly string[] | undefined): void {
  if (roles === undefined || isUserAllowed(client, { roles })) return;
  const required = client.roles.join(' or ');
  throw new OAuthError('access_denied', `${clientNameOf(client)} is only for users with the role ${required}.`);
}

/** The scopes that exist at the resources and are allowed for the client there. */
export function filterAllowedScopes(
  client: Client,
  scopes: readonly string[],
  resources: readonly string[],
  at: ScopeRegistry,
): string[] {
  const known = scopesOfResources(resources, at);
  const allowed = allowedScopes(client, known);
  return scopes.filter((name) => allowed.includes(name) && known.some((scope) => scope.name === name));
}

/** All scopes allowed for the client at any resource. */
export function scopesAllowedAnywhere(client: Client, at: ScopeRegistry): string[] {
  return allowedScopes(client, scopesOfResources([at.issuer, ...at.registry.keys()], at));
}
