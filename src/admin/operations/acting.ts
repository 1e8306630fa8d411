/** The user or command that acts on a record. */
import { type Creation, RANDOM_CREATION } from '../../http/api/idempotency-key.ts';
import type { Deps } from '../../http/context.ts';
import type { UserId } from '../../protocol/credentials.ts';

/** The user or command that acts, in a request. */
export type Acting = {
  deps: Deps;
  /** The name in the audit log. */
  actor: string;
  /** The origin of ids and secrets. */
  creation: Creation;
  /** The administrator who acts in the console. */
  self?: UserId | undefined;
};

export const actingOf = (deps: Deps, actor: string, creation: Creation = RANDOM_CREATION, self?: UserId): Acting => ({
  deps,
  actor,
  creation,
  self,
});
