/** Telling clients that a session is over: behind the response first, then by the cron, for a day. */

import type { SessionId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { Database } from '../../storage/database.ts';
import {
  byShard,
  claimDeliveries,
  forgetDelivery,
  type LogoutDelivery,
  noteDelivery,
} from '../../storage/logout-deliveries.ts';
import type { Deps } from '../../web/context.ts';
import { OutboundFailure, postForeign } from '../../web/outbound.ts';
import type { Client } from '../clients/client.ts';
import { judgeClient } from '../clients/find.ts';
import { signLogoutToken } from './logout-token.ts';

/** @param ended the sessions that ended just now; undefined for whatever is due. */
export async function tellOfEnd(deps: Deps, ended: SessionId[] | undefined): Promise<void> {
  const { databases, moment } = deps;
  const places = ended ? byShard(ended) : databases.shardNames.map((name) => [name, undefined] as const);
  await Promise.all(
    places.map(async ([shard, sessions]) => {
      const db = databases.shard(shard);
      if (!db) return;
      const due = await claimDeliveries(db, moment, sessions);
      await Promise.all(due.map((delivery) => deliver(deps, db, delivery)));
    }),
  );
}

/** One try. A failure is noted: the cron comes again. */
async function deliver(deps: Deps, db: Database, delivery: LogoutDelivery): Promise<void> {
  try {
    const client = await judgeClient(deps, delivery.clientId, (found) => found);
    const { backchannel_logout_uri: address } = client.metadata;
    if (!address) return forgetDelivery(db, delivery);
    await tell(deps, client, address, delivery);
    await noteDelivery(db, delivery, { doneAt: Date.now(), problem: null });
  } catch (error) {
    // A client that is gone has nobody to tell.
    if (error instanceof OAuthError && error.code === 'invalid_client') return forgetDelivery(db, delivery);
    if (!(error instanceof OutboundFailure || error instanceof OAuthError)) throw error;
    await noteDelivery(db, delivery, { problem: error.message.slice(0, 300) });
  }
}

async function tell(deps: Deps, client: Client, address: string, { personId, sessionId }: LogoutDelivery) {
  const logout_token = await signLogoutToken(deps, client, { personId, sessionId });
  // An address that a client said of itself is a stranger's.
  const budget = client.origin === 'administrator' ? 'recorded' : 'stranger';
  // OpenID Connect Back-Channel Logout §2.5: an HTTP POST with the logout_token, form-encoded.
  await postForeign(deps, address, { logout_token }, budget);
}
