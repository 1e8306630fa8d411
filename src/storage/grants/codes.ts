/**
 * Records of outstanding authorization codes, in KV under the hash of the code, for administrators. They are written
 * behind the response, once, and expire with the code; they decide nothing, so KV may lag or fail.
 */
import { sql } from 'drizzle-orm';
import * as z from 'zod/mini';
import { sha256 } from '../../crypto/digest.ts';
import { type GrantId, shardOf } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { acrossShards, type Databases } from '../database/database.ts';
import { grants } from '../schema/index.ts';

const PREFIX = 'code:';

/** The minimum that KV accepts. */
const SHORTEST_TTL = 60;

const CodeRecord = z.object({
  client: z.string(),
  user: z.string(),
  /** The grant that the code can become: revoking it revokes the code. */
  grant: z.custom<GrantId>((id) => typeof id === 'string'),
  scopes: z.array(z.string()),
  issuedAt: z.number(),
  expiresAt: z.number(),
});
export type CodeRecord = z.infer<typeof CodeRecord>;

export async function recordCode(codes: KVNamespace, code: string, record: CodeRecord): Promise<void> {
  const expirationTtl = Math.max(SHORTEST_TTL, Math.ceil((record.expiresAt - record.issuedAt) / SECOND));
  // Metadata is part of a KV list, so that listing reads no values. 1 KB at most.
  const fits = JSON.stringify(record).length <= 1000 ? record : { ...record, scopes: [] };
  await codes.put(PREFIX + sha256(code), '', { expirationTtl, metadata: fits });
}

/** SHA-256 in base64url. KV fails for longer keys than it accepts. */
const HASH = /^[\w-]{43}$/;

/** The stores of the records of codes, and of the grants that they became. */
type CodeStores = { codes: KVNamespace; databases: Databases };

/** The record of an outstanding code, by its hash; undefined where the text is no hash, or the code was redeemed. */
export async function findCode(stores: CodeStores, hash: string): Promise<CodeRecord | undefined> {
  if (!HASH.test(hash)) return undefined;
  const { metadata } = await stores.codes.getWithMetadata(PREFIX + hash);
  const record = CodeRecord.safeParse(metadata);
  if (!record.success) return undefined;
  return (await existingGrants(stores.databases, [record.data.grant])).size === 0 ? record.data : undefined;
}

/**
 * A page of the outstanding codes, as far as KV has them here, in no order; `next` is KV's own cursor. A code that was
 * redeemed or revoked has its grant, by which it is left out: its record expires without being deleted.
 */
export async function listCodes(
  { codes, databases }: CodeStores,
  now: number,
  { after, most }: { after?: string | undefined; most: number },
) {
  const list = await codes.list({ prefix: PREFIX, limit: most, cursor: after ?? null });
  const records = list.keys.flatMap(({ name, metadata }) => {
    const record = CodeRecord.safeParse(metadata);
    return record.success && record.data.expiresAt > now ? [{ hash: name.slice(PREFIX.length), ...record.data }] : [];
  });
  const ended = await existingGrants(
    databases,
    records.map(({ grant }) => grant),
  );
  const rows = records.filter(({ grant }) => !ended.has(grant));
  return { rows, next: list.list_complete ? undefined : list.cursor };
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
