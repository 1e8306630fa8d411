/** The signing key for a client: by the registered algorithm, else the default (OpenID Connect Core §10.1). */
import type { SigningKey } from '../crypto/jwt.ts';
import type { Deps } from '../http/context.ts';
import type { ClientMetadata } from '../protocol/client-metadata.ts';
import type { Settings } from '../protocol/settings.ts';
import { withClient } from './clients/client-lookup.ts';

/** The key of the first algorithm that has one; registration refuses others, but a key may have been removed since. */
function signingKeyFor(
  { config: { signers } }: Pick<Deps, 'config'>,
  ...algorithms: (string | undefined)[]
): SigningKey {
  const [signer = signers[0]] = algorithms.flatMap((alg) => signers.find((key) => key.alg === alg) ?? []);
  if (!signer) throw new Error('no signing key');
  return signer;
}

/** The key for id_tokens and logout tokens of a client: by its algorithm, else the setting's. */
export function idTokenSigningKey(
  deps: Pick<Deps, 'config'>,
  settings: Settings,
  { id_token_signed_response_alg: registered }: Pick<ClientMetadata, 'id_token_signed_response_alg'>,
): SigningKey {
  return signingKeyFor(deps, registered, settings.id_token_algorithm);
}

/** The /userinfo options of a client: the signing key, undefined for plain JSON, and the claim mapping. */
export async function userinfoOptionsOf(deps: Deps, clientId: string) {
  const { metadata, claimMapping } = await withClient(deps, clientId, (client) => client);
  const { userinfo_signed_response_alg: algorithm } = metadata;
  return { signer: algorithm === undefined ? undefined : signingKeyFor(deps, algorithm), claimMapping };
}
