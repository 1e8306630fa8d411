/** Back-channel logout (OpenID Connect Back-Channel Logout §2.5): sent after the response, then retried by the cron for a day. */
import type { Deps } from '../../http/context.ts';
import { OutboundFailure } from '../../http/outbound/outbound-budget.ts';
import { safePost } from '../../http/outbound/safe-fetch.ts';
import type { SessionId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { Database } from '../../storage/database/database.ts';
import {
  byShard,
  claimDeliveries,
  deleteDelivery,
  type LogoutDelivery,
  MAX_CLAIMED,
  recordDeliveryOutcome,
} from '../../storage/users/logout-deliveries.ts';
import type { Client } from '../clients/client.ts';
import { withClient } from '../clients/client-lookup.ts';
import { signLogoutToken } from './logout-token.ts';

/** The batches of one request; the cron sends the rest. */
const MAX_BATCHES = 3;

/** Sends logout tokens. @param ended the sessions that just ended; undefined for all that are due. */
export async function sendLogoutTokens(deps: Deps, ended: SessionId[] | undefined): Promise<void> {
  const { databases, moment } = deps;
  const shards = ended ? byShard(ended) : databases.shardNames.map((name) => [name, undefined] as const);
  await Promise.all(
    shards.map(async ([shard, sessions]) => {
      const db = databases.shard(shard);
      if (!db) return;
      for (let claims = 0; claims < MAX_BATCHES; claims++) {
        const due = await claimDeliveries(db, moment, sessions);
        await Promise.all(due.map((delivery) => deliver(deps, db, delivery)));
        if (due.length < MAX_CLAIMED) return;
      }
    }),
  );
}

/** Sends one logout token. A failure is recorded, and the cron retries. */
async function deliver(deps: Deps, db: Database, delivery: LogoutDelivery): Promise<void> {
  try {
    const client = await withClient(deps, delivery.clientId, (found) => found);
    const { backchannel_logout_uri: address } = client.metadata;
    if (!address) return deleteDelivery(db, delivery);
    await postLogoutToken(deps, client, address, delivery);
    await recordDeliveryOutcome(db, delivery, { doneAt: Date.now(), problem: null });
  } catch (error) {
    // The client was deleted.
    if (error instanceof OAuthError && error.code === 'invalid_client') return deleteDelivery(db, delivery);
    if (!(error instanceof OutboundFailure || error instanceof OAuthError)) throw error;
    await recordDeliveryOutcome(db, delivery, { problem: error.message.slice(0, 300) });
  }
}

async function postLogoutToken(deps: Deps, client: Client, address: string, { userId, sessionId }: LogoutDelivery) {
  const logout_token = await signLogoutToken(deps, client, { userId, sessionId });
  // The client was used, so it has its own budget.
  const budget = client.origin === 'administrator' ? 'recorded' : 'client';
  // OpenID Connect Back-Channel Logout §2.5: an HTTP POST with the logout_token, form-encoded.
  await safePost(deps, address, { logout_token }, budget);
}
