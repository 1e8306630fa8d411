/**
 * Validation of an approval at its use: what was sealed or stored at consent is validated again with the client, the
 * user's roles and the settings as they are now.
 */
import type { Deps } from '../http/context.ts';
import type { UserId } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { redirectUriMatches } from '../protocol/redirect-uri.ts';
import type { ApprovalSnapshot } from '../storage/grants/cutoffs.ts';
import { findUser, readRolesFromReplica } from '../storage/users/users.ts';
import { allowedScopes, type Client, clientNameOf, isUserAllowed, needsPkce } from './clients/client.ts';
import { checkApproved, checkEnabled } from './clients/client-approval.ts';
import { type ClientLookupDeps, findLatestClient } from './clients/client-lookup.ts';
import { type ScopeRegistry, scopesOfResources } from './resources.ts';

/** The approved request. */
export type Approval = {
  scopes: readonly string[];
  resources: readonly string[];
  /** Undefined where the flow has no redirect. */
  redirectUri?: string | undefined;
  /** The code_challenge of the authorization request. */
  codeChallenge?: string | undefined;
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

/** The client as read from the primary, which knows every earlier cutoff. */
export async function latestEnabledClient(deps: ClientLookupDeps, id: string): Promise<Client> {
  const client = await findLatestClient(deps, id);
  checkEnabled(client, await deps.settings());
  return { ...client, readAt: Number.MAX_SAFE_INTEGER - 1 };
}

/** The scopes of an approval that are still allowed, and the client that they were validated with. */
export type ValidatedApproval = { client: Client; scopes: string[]; snapshot: ApprovalSnapshot };

type ApprovalDeps = ClientLookupDeps & Pick<Deps, 'registry' | 'latestRegistry'>;

type ApprovalForUse = Approval & {
  /** Undefined for client credentials. */
  userId: UserId | undefined;
  /** Milliseconds. */
  approvedAt: number;
  /** The user's roles, if just read from the primary. */
  roles?: readonly string[];
  /** Read the user's roles: no earlier approval has checked them, so no cutoff covers them. */
  checkUserRoles?: boolean;
};

/** Uses a validated approval. May run twice: it must have no effect where it returns 'client changed'. */
type RepeatableUse<T> = (approved: ValidatedApproval) => Promise<T | 'client changed'>;

/**
 * Uses an approval at the token endpoint. A cutoff may be newer than the cached client, which only the statement detects:
 * then it changes nothing, and the approval is validated again with the client from the primary.
 * @throws OAuthError invalid_grant, or invalid_scope where no scope is left.
 */
export async function withValidApproval<T>(
  deps: ApprovalDeps,
  client: Client,
  approval: ApprovalForUse,
  use: RepeatableUse<T>,
): Promise<T> {
  const cached = await validateCached(deps, client, approval);
  const outcome = cached ? await use(cached) : 'client changed';
  if (outcome !== 'client changed') return outcome;
  const last = await use(await validateLatest(deps, client.id, approval));
  if (last === 'client changed') throw invalidGrant('the application was changed just now: try again.');
  return last;
}

/** Validates with the cached client. Undefined for a refusal, or for fewer scopes than approved: the primary is read. */
async function validateCached(
  deps: ApprovalDeps,
  client: Client,
  approval: ApprovalForUse,
): Promise<ValidatedApproval | undefined> {
  const user =
    approval.checkUserRoles && approval.userId && client.roles.length > 0
      ? await readRolesFromReplica(deps.databases, approval.userId)
      : undefined;
  try {
    const scopes = validateApproval(
      approval,
      await approvalContext(deps, client, approval.roles ?? user?.roles, deps.registry),
    );
    const isReduced = scopes.length < approval.scopes.length;
    if (isReduced && client.readAt <= approval.approvedAt) return undefined;
    const snapshot = { clientId: client.id, clientReadAt: client.readAt, user };
    return { client, scopes, snapshot };
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return undefined;
  }
}

async function validateLatest(deps: ApprovalDeps, id: string, approval: ApprovalForUse): Promise<ValidatedApproval> {
  try {
    const { userId } = approval;
    const [client, user] = await Promise.all([
      latestEnabledClient(deps, id),
      userId && findUser(deps.databases, userId),
    ]);
    // Without a user no roles are checked.
    const roles = userId && (user?.roles ?? []);
    const scopes = validateApproval(approval, await approvalContext(deps, client, roles, deps.latestRegistry));
    return { client, scopes, snapshot: { clientId: id, clientReadAt: client.readAt } };
  } catch (error) {
    if (error instanceof OAuthError && error.code !== 'invalid_scope') throw invalidGrant(error.description);
    throw error;
  }
}

async function approvalContext(
  deps: Pick<Deps, 'config' | 'settings'>,
  client: Client,
  roles: readonly string[] | undefined,
  registryOf: Deps['registry'],
): Promise<ApprovalContext> {
  const [settings, registry] = await Promise.all([deps.settings(), registryOf()]);
  const { issuer, isLoopback } = deps.config;
  return { client, roles, issuer, isLoopback, settings, registry };
}

const invalidGrant = (description: string) => new OAuthError('invalid_grant', description);
