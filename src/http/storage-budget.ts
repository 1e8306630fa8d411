/** Storage ceilings for unauthenticated requests, in KiB: first that of the caller's network, then that of all. */
import { tooManyRequests } from '../protocol/oauth-error.ts';
import type { Deps } from './context.ts';

const KIB = 1024;

/** Stored records, by their ceiling. The total of registrations has a limit of its own in storage. */
type StorageKind = 'registration' | 'pushedRequest' | 'deviceAuthorization' | 'signUp' | 'clientProblem';

/**
 * Counts a record against the ceilings, in KiB rounded up.
 * @throws OAuthError too_many_requests
 */
export async function countStoredBytes(
  { rateLimits, site }: Pick<Deps, 'rateLimits' | 'site'>,
  kind: StorageKind,
  bytes: number,
): Promise<void> {
  if (!(await isWithin(rateLimits[kind], site, bytes))) {
    throw tooManyRequests('too much data was sent from your network in the last minute.', 60);
  }
  if (kind !== 'registration' && !(await isWithin(rateLimits.stored, kind, bytes))) {
    throw tooManyRequests('too much data was sent to this server in the last minute.', 60);
  }
}

async function isWithin(ceiling: RateLimit, key: string, bytes: number): Promise<boolean> {
  const counts = Array.from({ length: Math.max(1, Math.ceil(bytes / KIB)) }, () => ceiling.limit({ key }));
  return (await Promise.all(counts)).every(({ success }) => success);
}

/** The length of a text in UTF-8, as stored. */
export const bytesOf = (text: string): number => Buffer.byteLength(text);
