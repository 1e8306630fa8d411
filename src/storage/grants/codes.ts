/**
 * Records of authorization codes, in KV under the hash of the code, for administrators. They are written behind the
 * response, once, and expire some minutes after the code; they decide nothing, so KV may lag or fail.
 */
import { sha256 } from '../../crypto/digest.ts';
import type { GrantId } from '../../protocol/credentials.ts';
import { SECOND, UNREDEEMED_CODE_RETENTION } from '../../protocol/lifetimes.ts';

/** The prefix of the keys. */
export const CODE_PREFIX = 'code:';

/** The record of a code. */
export type CodeRecord = {
  client: string;
  user: string;
  /** The grant that the code can become: revoking it revokes the code. */
  grant: GrantId;
  scopes: string[];
  issuedAt: number;
  expiresAt: number;
};

export async function recordCode(codes: KVNamespace, code: string, record: CodeRecord): Promise<void> {
  const lifetime = record.expiresAt - record.issuedAt + UNREDEEMED_CODE_RETENTION;
  const expirationTtl = Math.ceil(lifetime / SECOND);
  // Metadata is part of a KV list, so that listing reads no values. 1 KB at most.
  const fits = JSON.stringify(record).length <= 1000 ? record : { ...record, scopes: [] };
  await codes.put(CODE_PREFIX + sha256(code), '', { expirationTtl, metadata: fits });
}
