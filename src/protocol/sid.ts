/** `sid`: what a client knows a session by (OpenID Connect Back-Channel Logout §2.1). */
import { sha256 } from '../crypto/digest.ts';
import type { SessionId } from './credentials.ts';

/**
 * One per client and session, so that no two clients can compare theirs. It is a digest of the session's id, which is
 * random: nothing need be stored to say it again, it outlives a change of root secrets, and nobody finds the id by it.
 */
export function sidOf(session: SessionId, clientId: string): string {
  return sha256(`sid ${session} ${clientId}`).slice(0, 22);
}
