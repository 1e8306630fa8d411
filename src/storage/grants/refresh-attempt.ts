/** One use of a refresh token: the request, and its values in the statements of the rotation. */
import type { GrantId, TokenId } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { RequestClock } from '../server/audit.ts';
import { type ApprovalSnapshot, type SnapshotValues, snapshotValues } from './approval-snapshot.ts';
import { idleLimits } from './grants.ts';

export type RefreshAttempt = {
  grant: GrantId;
  generation: number;
  clientId: string;
  /** Requested scopes; undefined for all granted ones. */
  scopes: string[] | undefined;
  /** Requested resource; undefined for the first of the grant that is registered. */
  resource: string | undefined;
  /** Registered resources; the issuer and URIs below it are resources, too. */
  registeredResources: string[];
  issuer: string;
  /** Scopes allowed for the client, by default and at single resources: others are dropped. */
  allowed: { default: readonly string[]; of: Record<string, readonly string[]> };
  snapshot: ApprovalSnapshot;
  /** Thumbprint of the key that the request proved to hold. */
  thumbprint: string | undefined;
  /** Resources that require DPoP-bound tokens. */
  boundResources: string[];
  /** Lifetime of access tokens. */
  tokenMinutes: { default: number; of: Record<string, number> };
  token: TokenId;
  graceSeconds: number;
};

/** The values of an attempt: lists and objects as JSON, null where nothing was requested. */
export type AttemptValues = SnapshotValues & {
  grant: string;
  clientId: string;
  generation: number;
  requestId: string;
  now: number;
  graceBegan: number;
  sessionIdleSince: number;
  grantIdleSince: number;
  scopes: string | null;
  resource: string | null;
  resources: string;
  issuer: string;
  allowed: string;
  allowedOf: string;
  thumbprint: string;
  boundResources: string;
  token: string;
  tokenMinutes: number;
  tokenMinutesOf: string;
};

/** The values of the statements. */
export function attemptValues(
  { requestId, now }: RequestClock,
  attempt: RefreshAttempt,
  settings: Settings,
): AttemptValues {
  const { grant, clientId, generation, scopes, resource = null, registeredResources, issuer, allowed } = attempt;
  const { thumbprint = '', boundResources, token, tokenMinutes, graceSeconds, snapshot } = attempt;
  return {
    ...snapshotValues(snapshot),
    ...idleLimits(now, settings),
    grant,
    clientId,
    generation,
    requestId,
    now,
    graceBegan: now - graceSeconds * SECOND,
    scopes: scopes === undefined ? null : JSON.stringify(scopes),
    resource,
    resources: JSON.stringify([issuer, ...registeredResources]),
    issuer,
    allowed: JSON.stringify(allowed.default),
    allowedOf: JSON.stringify(allowed.of),
    thumbprint,
    boundResources: JSON.stringify(boundResources),
    token,
    tokenMinutes: tokenMinutes.default,
    tokenMinutesOf: JSON.stringify(tokenMinutes.of),
  };
}
