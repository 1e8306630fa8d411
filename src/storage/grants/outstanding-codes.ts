/** The records of authorization codes as administrators read them: outstanding codes, and the latest one of a client. */
import { sql } from 'drizzle-orm';
import * as z from 'zod/mini';
import { type GrantId, shardOf } from '../../protocol/credentials.ts';
import { acrossShards } from '../database/across-shards.ts';
import type { Databases } from '../database/database.ts';
import { grants } from '../schema/index.ts';
import { CODE_PREFIX, type CodeRecord } from './codes.ts';

const StoredCode = z.object({
  client: z.string(),
  user: z.string(),
  grant: z.custom<GrantId>((id) => typeof id === 'string'),
  scopes: z.array(z.string()),
  issuedAt: z.number(),
  expiresAt: z.number(),
});

/** Number of KV lists that one page reads at most, where most records are of codes that have expired or were redeemed. */
const MAX_LISTS = 10;

/** Number of records that the search for the latest code of a client reads: three lists. */
const LISTED = 1000;
const MAX_SEARCHED_LISTS = 3;

/** SHA-256 in base64url. KV fails for longer keys than it accepts. */
const HASH = /^[\w-]{43}$/;

/** The stores of the records of codes, and of the grants that they became. */
type CodeStores = { codes: KVNamespace; databases: Databases };

/** The record of an outstanding code, by its hash; undefined where the text is no hash, or the code was redeemed or has expired. */
export async function findCode(stores: CodeStores, hash: string, now: number): Promise<CodeRecord | undefined> {
  if (!HASH.test(hash)) return undefined;
  const { metadata } = await stores.codes.getWithMetadata(CODE_PREFIX + hash);
  const record = StoredCode.safeParse(metadata);
  if (!record.success || record.data.expiresAt <= now) return undefined;
  return (await existingGrants(stores.databases, [record.data.grant])).size === 0 ? record.data : undefined;
}

/**
 * A page of the outstanding codes, as far as KV has them here, in no order; `next` is KV's own cursor. A code that was
 * redeemed or revoked has its grant, by which it is left out: its record expires without being deleted.
 */
export async function listCodes(stores: CodeStores, now: number, page: { after?: string | undefined; most: number }) {
  let next = page.after;
  for (let lists = 0; lists < MAX_LISTS; lists++) {
    const list = await listRecords(stores.codes, next, page.most);
    const outstanding = list.records.filter(({ expiresAt }) => expiresAt > now);
    const ended = await existingGrants(
      stores.databases,
      outstanding.map(({ grant }) => grant),
    );
    const rows = outstanding.filter(({ grant }) => !ended.has(grant));
    next = list.next;
    if (rows.length > 0 || next === undefined) return { rows, next };
  }
  return { rows: [], next };
}

async function listRecords(codes: KVNamespace, cursor: string | undefined, limit: number) {
  const list = await codes.list({ prefix: CODE_PREFIX, limit, cursor: cursor ?? null });
  const records = list.keys.flatMap(({ name, metadata }) => {
    const record = StoredCode.safeParse(metadata);
    return record.success ? [{ hash: name.slice(CODE_PREFIX.length), ...record.data }] : [];
  });
  return { records, next: list.list_complete ? undefined : list.cursor };
}

/** The latest code of a client, of one user or of any, among the records that are kept; `isRedeemed` also of a revoked one. */
export async function findLatestCode(
  { codes, databases }: CodeStores,
  client: string,
  user: string | undefined,
): Promise<(CodeRecord & { isRedeemed: boolean }) | undefined> {
  let latest: CodeRecord | undefined;
  let next: string | undefined;
  for (let lists = 0; lists < MAX_SEARCHED_LISTS; lists++) {
    const list = await listRecords(codes, next, LISTED);
    for (const record of list.records) {
      if (record.client !== client || (user !== undefined && record.user !== user)) continue;
      if (latest === undefined || record.issuedAt > latest.issuedAt) latest = record;
    }
    next = list.next;
    if (next === undefined) break;
  }
  if (!latest) return undefined;
  return { ...latest, isRedeemed: (await existingGrants(databases, [latest.grant])).size > 0 };
}

/** Those of the grants that have a row. A shard that does not answer has none. */
async function existingGrants(databases: Databases, ids: readonly GrantId[]): Promise<Set<GrantId>> {
  const byShard = Map.groupBy(ids, shardOf);
  const { rows } = await acrossShards(
    databases,
    (db, shard) =>
      db
        .select({ id: grants.id })
        .from(grants)
        .where(sql`${grants.id} IN (SELECT value FROM json_each(${JSON.stringify(byShard.get(shard))}))`),
    [...byShard.keys()],
  );
  return new Set(rows.map(({ id }) => id));
}
