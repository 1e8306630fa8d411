/** Answers of providers that could not be saved: kept by this isolate, and saved again until they are. */
import type { ConnectionId } from '../protocol/credentials.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import type { Databases } from '../storage/database.ts';
import { type Refreshed, saveRefreshed } from '../storage/refresh-lease.ts';
import type { AppDeps } from './connected-apps.ts';

const kept = new Map<string, Refreshed>();

/** Nobody fills an isolate with what cannot be saved. */
const MOST = 1000;

/** Pauses between the tries behind the response: together shorter than what the platform allows. */
const PAUSES = [0.2, 0.5, 1, 2, 4, 8].map((seconds) => seconds * SECOND);

/** Keeps it, and goes on trying behind the response. */
export function keepUnsaved(deps: Pick<AppDeps, 'databases' | 'later'>, refreshed: Refreshed): void {
  if (kept.size < MOST) kept.set(refreshed.id, refreshed);
  deps.later('save refreshed tokens', saveAgain(deps.databases, refreshed));
}

async function saveAgain(databases: Databases, refreshed: Refreshed): Promise<void> {
  for (const pause of PAUSES) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (kept.get(refreshed.id) !== refreshed || (await save(databases, refreshed, Date.now()))) return;
  }
}

/** Before a row is read: this request may be the one that can save what is kept for it. */
export async function saveKept(databases: Databases, id: ConnectionId, now: number): Promise<void> {
  const refreshed = kept.get(id);
  if (refreshed) await save(databases, refreshed, now);
}

/** @returns whether it is settled, saved or overtaken by a later one. */
async function save(databases: Databases, refreshed: Refreshed, now: number): Promise<boolean> {
  try {
    await saveRefreshed(databases, refreshed, now);
  } catch {
    return false;
  }
  if (kept.get(refreshed.id) === refreshed) kept.delete(refreshed.id);
  return true;
}

/** Between tests. */
export function forgetUnsaved(): void {
  kept.clear();
}
