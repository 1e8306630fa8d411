/**
 * The use of an approval at the token endpoint: validated with the cached client, and again with the one from the primary
 * where the statement that uses it finds that the client, or the user, changed meanwhile.
 */
import type { Deps } from '../http/context.ts';
import type { UserId } from '../protocol/credentials.ts';
import { invalidGrant, OAuthError } from '../protocol/oauth-error.ts';
import { meetsFactorPolicy } from '../protocol/second-factor.ts';
import type { ApprovalSnapshot } from '../storage/grants/approval-snapshot.ts';
import type { FirstToken } from '../storage/grants/new-grant.ts';
import { findUser, readRolesFromReplica } from '../storage/users/users.ts';
import type { AuthenticatedClient } from './clients/authenticate/method.ts';
import type { Client } from './clients/client.ts';
import { checkEnabled } from './clients/client-approval.ts';
import { type ClientLookupDeps, findLatestClient } from './clients/client-lookup.ts';
import { firstTokenFor } from './resources.ts';
import { type Approval, type ApprovalContext, validateApproval } from './validate-approval.ts';

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

type Outcome = { outcome: string };

/** A use that is not to be repeated. */
type Decided<T extends Outcome> = T & { outcome: Exclude<T['outcome'], 'client changed'> };

const isDecided = <T extends Outcome>(used: T): used is Decided<T> => used.outcome !== 'client changed';

/** Uses a validated approval. May run twice: it must have no effect where its outcome is 'client changed'. */
type RepeatableUse<T extends Outcome, Approved = ValidatedApproval> = (approved: Approved) => Promise<T>;

/**
 * Uses an approval at the token endpoint. A cutoff may be newer than the cached client, which only the statement detects:
 * then it changes nothing, and the approval is validated again with the client from the primary.
 * @throws OAuthError invalid_grant, or invalid_scope where no scope is left.
 */
export async function withValidApproval<T extends Outcome>(
  deps: ApprovalDeps,
  client: Client,
  approval: ApprovalForUse,
  use: RepeatableUse<T>,
): Promise<Decided<T>> {
  const cached = await validateCached(deps, client, approval);
  const first = cached && (await use(cached));
  if (first && isDecided(first)) return first;
  const last = await use(await validateLatest(deps, client.id, approval));
  if (isDecided(last)) return last;
  throw invalidGrant('the application was changed just now: try again.');
}

/**
 * Uses an approval for a grant whose first access token is for one of its resources.
 * @throws OAuthError also invalid_target for a deleted resource, and invalid_dpop_proof.
 */
export function withApprovedToken<T extends Outcome>(
  deps: ApprovalDeps,
  { client, thumbprint }: AuthenticatedClient,
  resource: string,
  approval: ApprovalForUse,
  use: RepeatableUse<T, ValidatedApproval & { token: Omit<FirstToken, 'id'> }>,
): Promise<Decided<T>> {
  return withValidApproval(deps, client, approval, async (approved) =>
    use({ ...approved, token: await firstTokenFor(deps, resource, approved.scopes, thumbprint) }),
  );
}

/** Validates with the cached client. Undefined for a refusal, or for fewer scopes than approved: the primary is read. */
async function validateCached(
  deps: ApprovalDeps,
  client: Client,
  approval: ApprovalForUse,
): Promise<ValidatedApproval | undefined> {
  const { second_factor_roles } = await deps.settings();
  const isWeak = approval.amr !== undefined && !meetsFactorPolicy(approval.amr) && second_factor_roles !== '';
  const user =
    approval.userId && ((approval.checkUserRoles && client.roles.length > 0) || isWeak)
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
