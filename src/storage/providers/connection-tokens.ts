/** The tokens of a connection, sealed, bound to their row and issuer. */
import * as z from 'zod';
import { DpopKey } from '../../crypto/dpop-key.ts';
import type { RootSecrets } from '../../crypto/seal.ts';
import type { connections } from '../schema/index.ts';

type SealedRow = Pick<typeof connections.$inferSelect, 'id' | 'issuer' | 'sealed'>;

const ConnectionTokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  /**
   * The key of DPoP proofs (RFC 9449). It outlives the tokens: a refresh token may be bound to it where the access
   * token is not.
   */
  dpop: z.object({ key: DpopKey, isBound: z.boolean() }).optional(),
});

export type ConnectionTokens = z.infer<typeof ConnectionTokens>;

/** The tokens of a provider's token response. */
export type GrantedTokens = { tokens: ConnectionTokens; scopes: string[]; expiresAt: number | null };

export const connectionSealContext = ({ id, issuer }: Pick<SealedRow, 'id' | 'issuer'>) => `connection ${id} ${issuer}`;

/** The tokens of a row; undefined where there are none, or none that can be opened. */
export async function openTokens(root: RootSecrets, row: SealedRow): Promise<ConnectionTokens | undefined> {
  const tokens = ConnectionTokens.safeParse(
    row.sealed && (await root.unseal('third-party', row.sealed, connectionSealContext(row))),
  );
  return tokens.success ? tokens.data : undefined;
}
