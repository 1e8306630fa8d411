/** The subjects of cutoffs: users, clients, consents, scopes, sessions and passwords. */
import type { SessionId, UserId } from '../../protocol/credentials.ts';
import { OFFLINE_ACCESS } from '../../protocol/scope-names.ts';
import { scopesOfClaims } from '../../protocol/user-claims.ts';

/**
 * The subject of a cutoff: a user, a client, a user with a client, one scope of a user with a client, a session, or the
 * passwords of a user, which are identified by the time they were set. `approval` revokes nothing: copies of the client
 * that were read before are stale. `sessions` is compared by no statement: it is pending for the shards in which the
 * sessions of a user could not be ended, and ends them when it is delivered (cutoff-delivery.ts).
 */
export type Subject =
  | `user:${UserId}`
  | `client:${string}`
  | `consent:${UserId}:${string}`
  | `scope:${UserId}:${string} ${string}`
  | `approval:${string}`
  | `session:${SessionId}`
  | `sessions:${UserId}`
  | `password:${UserId}`
  | `attributes:${UserId}`;

/** The subject of the cutoff that makes copies of a user's row stale. It revokes nothing. */
export const attributesSubject = (id: UserId): Subject => `attributes:${id}`;

type GrantIdentity = { userId: UserId; clientId: string; sessionId: SessionId; scopes: readonly string[] };

/** All subjects whose cutoffs revoke a grant of this user, client and session. */
export function subjectsOfGrant({ userId, clientId, sessionId, scopes }: GrantIdentity): Subject[] {
  const subjects: Subject[] = [`user:${userId}`, `client:${clientId}`, `consent:${userId}:${clientId}`];
  // OpenID Connect Core §11: offline access is for when the user is not present (not logged in).
  return scopes.includes(OFFLINE_ACCESS) ? subjects : [...subjects, `session:${sessionId}`];
}

/** The subjects of a new grant: those above, and the scopes that the user may have withdrawn, those of claims among them. */
export function subjectsOfNewGrant(
  grant: GrantIdentity & { claims: readonly string[]; idTokenClaims: readonly string[] },
): Subject[] {
  const { userId, clientId, scopes, claims, idTokenClaims } = grant;
  const withdrawable = new Set([...scopes, ...scopesOfClaims([...claims, ...idTokenClaims])]);
  return [
    ...subjectsOfGrant(grant),
    ...[...withdrawable].map((scope) => `scope:${userId}:${clientId} ${scope}` as const),
  ];
}

/**
 * The time of a cutoff whose subject is disabled, later than any other: it holds until a cutoff by enabling replaces
 * it.
 */
export const DISABLED = Number.MAX_SAFE_INTEGER;
