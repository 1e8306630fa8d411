/** Signatures of id_tokens and signed userinfo of a provider (OpenID Connect Core §3.1.3.7, §5.3.2). */
import { ASYMMETRIC_ALGORITHMS, verifySignature } from '../crypto/foreign-signature.ts';
import { InvalidJwt } from '../crypto/invalid-jwt.ts';
import { withExternalKeys } from '../http/outbound/external-keys.ts';
import type { ProviderClient, ProviderClientDeps } from './provider-client.ts';
import { ProviderFailure } from './provider-failure.ts';

/**
 * The algorithms that an id_token may be signed with: every asymmetric one that the metadata lists, or of all where it
 * lists none. A name of RFC 9864 and the one of RFC 8037 before it are the same algorithm.
 */
export function acceptedAlgorithms(listed: readonly string[] | undefined): string[] {
  if (!listed) return [...ASYMMETRIC_ALGORITHMS];
  const isEdwards = listed.some((name) => name === 'EdDSA' || name === 'Ed25519');
  const named = isEdwards ? [...listed, 'EdDSA', 'Ed25519'] : listed;
  return ASYMMETRIC_ALGORITHMS.filter((name) => named.includes(name));
}

/** @throws ProviderFailure where none of the published keys signed it with an accepted algorithm. */
export async function checkSignature(
  deps: ProviderClientDeps,
  { server }: Pick<ProviderClient, 'server'>,
  token: string,
  subject = 'an id_token',
  algorithms = acceptedAlgorithms(server.id_token_signing_alg_values_supported),
): Promise<void> {
  try {
    await withExternalKeys(deps, { jwks_uri: server.jwks_uri, redirects: 2 }, 'recorded', (keys) =>
      verifySignature(token, keys, algorithms),
    );
  } catch (cause) {
    if (!(cause instanceof InvalidJwt)) throw cause;
    const message = `${new URL(server.issuer).host} sent ${subject} that cannot be verified`;
    const detail = `${message}: ${cause.message} (keys of ${server.jwks_uri ?? 'no jwks_uri'})`;
    throw new ProviderFailure('unusable', message, { cause, detail });
  }
}
