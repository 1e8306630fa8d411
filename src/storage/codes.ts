/**
 * The record of each outstanding authorization code, in KV under the code's hash: what an administrator sees. It is
 * written and removed behind the response and decides nothing, so KV may lag or fail.
 */
import * as z from 'zod';
import { sha256 } from '../crypto/digest.ts';
import type { GrantId } from '../protocol/credentials.ts';
import { SECOND } from '../protocol/lifetimes.ts';

const PREFIX = 'code:';

/** KV refuses a shorter one. */
const SHORTEST_TTL = 60;

const CodeRecord = z.object({
  client: z.string(),
  person: z.string(),
  /** What it can become: ending that ends the code. */
  grant: z.string().transform((id) => id as GrantId),
  scopes: z.array(z.string()),
  issuedAt: z.number(),
  expiresAt: z.number(),
});
export type CodeRecord = z.infer<typeof CodeRecord>;

export async function noteCode(codes: KVNamespace, code: string, record: CodeRecord): Promise<void> {
  const expirationTtl = Math.max(SHORTEST_TTL, Math.ceil((record.expiresAt - record.issuedAt) / SECOND));
  // As metadata it comes with the list: listing reads no values. 1 KB at most.
  const fits = JSON.stringify(record).length <= 1000 ? record : { ...record, scopes: [] };
  await codes.put(PREFIX + sha256(code), '', { expirationTtl, metadata: fits });
}

export async function forgetCode(codes: KVNamespace, code: string): Promise<void> {
  await forgetCodeByHash(codes, sha256(code));
}

/** SHA-256 in base64url. KV fails where a key is longer than it takes. */
const HASH = /^[\w-]{43}$/;

/** The record of one code, by its hash; undefined for what is no hash. */
export async function findCode(codes: KVNamespace, hash: string): Promise<CodeRecord | undefined> {
  if (!HASH.test(hash)) return undefined;
  const { metadata } = await codes.getWithMetadata(PREFIX + hash);
  const record = CodeRecord.safeParse(metadata);
  return record.success ? record.data : undefined;
}

export async function forgetCodeByHash(codes: KVNamespace, hash: string): Promise<void> {
  await codes.delete(PREFIX + hash);
}

/** A page of the codes that are outstanding, as far as KV knows here and now, in no order; `next` is KV's own cursor. */
export async function listCodes(
  codes: KVNamespace,
  now: number,
  { after, most }: { after?: string | undefined; most: number },
) {
  const list = await codes.list({ prefix: PREFIX, limit: most, cursor: after ?? null });
  const rows = list.keys.flatMap(({ name, metadata }) => {
    const record = CodeRecord.safeParse(metadata);
    return record.success && record.data.expiresAt > now ? [{ hash: name.slice(PREFIX.length), ...record.data }] : [];
  });
  return { rows, next: list.list_complete ? undefined : list.cursor };
}
