/** Refreshed tokens that could not be saved: kept in this isolate and retried until they are. */
import type { ConnectionId } from '../protocol/credentials.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import type { Databases } from '../storage/database/database.ts';
import { type Refreshed, saveRefreshed } from '../storage/providers/refresh-outcome.ts';
import type { AppDeps } from './connected-apps.ts';

const kept = new Map<string, Refreshed>();

/** Entries, to bound the memory of an isolate. */
const MAX_ENTRIES = 1000;

/** Pauses between retries after the response: together shorter than the platform's limit. */
const PAUSES = [0.2, 0.5, 1, 2, 4, 8].map((seconds) => seconds * SECOND);

/** Keeps refreshed tokens in memory and retries to save them after the response. */
export function keepUnpersisted(deps: Pick<AppDeps, 'databases' | 'waitUntil'>, refreshed: Refreshed): void {
  if (kept.size < MAX_ENTRIES) kept.set(refreshed.id, refreshed);
  deps.waitUntil('save refreshed tokens', saveAgain(deps.databases, refreshed));
}

async function saveAgain(databases: Databases, refreshed: Refreshed): Promise<void> {
  for (const pause of PAUSES) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (kept.get(refreshed.id) !== refreshed || (await save(databases, refreshed, Date.now()))) return;
  }
}

/** Saves what is kept for a connection, before its row is read. */
export async function persistRefreshed(databases: Databases, id: ConnectionId, now: number): Promise<void> {
  const refreshed = kept.get(id);
  if (refreshed) await save(databases, refreshed, now);
}

/** @returns true where it is saved, or superseded by a later refresh. */
async function save(databases: Databases, refreshed: Refreshed, now: number): Promise<boolean> {
  try {
    await saveRefreshed(databases, refreshed, now);
  } catch {
    return false;
  }
  if (kept.get(refreshed.id) === refreshed) kept.delete(refreshed.id);
  return true;
}

/** Forgets everything, between tests. */
export function dropUnpersisted(): void {
  kept.clear();
}
