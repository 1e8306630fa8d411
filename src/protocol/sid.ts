/** `sid`: the identifier of a session at a client (OpenID Connect Back-Channel Logout §2.1). */
import { sha256 } from '../crypto/digest.ts';
import type { SessionId } from './credentials.ts';

/**
 * Derives the `sid` of a session at a client, so that clients cannot compare theirs: a digest of the random session id,
 * which needs no storage and survives the rotation of root secrets.
 */
export function sidOf(session: SessionId, clientId: string): string {
  return sha256(`sid ${session} ${clientId}`).slice(0, 22);
}
