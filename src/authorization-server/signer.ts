/** Which key signs for a client: that of the algorithm it registered, else the default (OpenID Connect Core §10.1). */
import type { SigningKey } from '../crypto/jwt.ts';
import type { Deps } from '../web/context.ts';
import { judgeClient } from './clients/find.ts';

/** Registration lets nobody ask for an algorithm without a key; one that was taken away since falls back. */
export function signerFor({ config }: Pick<Deps, 'config'>, wanted: string | undefined): SigningKey {
  const signer = config.signers.find((key) => key.alg === wanted) ?? config.signers[0];
  if (!signer) throw new Error('no key signs');
  return signer;
}

/** The key that signs what /userinfo answers a client; undefined where it registered no algorithm. */
export async function userinfoSigner(deps: Deps, clientId: string): Promise<SigningKey | undefined> {
  const wanted = await judgeClient(deps, clientId, ({ metadata }) => metadata.userinfo_signed_response_alg);
  return wanted === undefined ? undefined : signerFor(deps, wanted);
}
