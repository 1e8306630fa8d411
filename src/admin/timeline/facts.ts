/** The recorded facts of a client and a user that a connection timeline is drawn from. Times are in milliseconds. */

import type { EndReason } from '../../storage/grants/record-status.ts';
import type { ClientOrigin } from '../../storage/schema/clients.ts';
import type { UserDecision } from '../../storage/server/user-decisions.ts';

export type TimelineFacts = {
  now: number;
  client: {
    origin: ClientOrigin;
    createdAt: number;
    approval: 'approved' | 'waiting' | 'refused';
    approvalRequestedAt: number | null;
    isDisabled: boolean;
    trusted: boolean;
    usesRefreshTokens: boolean;
  };
  /** The latest first. */
  decisions: readonly UserDecision[];
  /** The latest code whose record is kept. */
  code: { issuedAt: number; expiresAt: number; isRedeemed: boolean } | undefined;
  /** The latest grant. */
  grant: GrantFacts | undefined;
  /** The latest refused request of the client, of whichever user. */
  problem: { error: string; reason: string; lastSeenAt: number } | undefined;
  /** The lifetimes of codes and device codes. */
  codeLifetime: number;
  deviceCodeLifetime: number;
};

/** A grant, as far as the timeline needs it. */
export type GrantFacts = {
  authorizedAt: number;
  createdAt: number;
  /** True for the row that prevents a code from being redeemed: an administrator revoked the code. */
  isRevokedCode: boolean;
  generation: number;
  rotatedAt: number;
  tokenFirstUsedAt: number | null;
  tokenLastUsedAt: number | null;
  /** True where every one of its resources asks this server about each token. */
  isValidatedOnline: boolean;
  end: { reason: EndReason; at: number | null; because: string | undefined } | undefined;
};
