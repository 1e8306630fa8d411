/** The JWKS (RFC 7517 §5): current, future and retired signing keys. */
import type { Config } from '../config.ts';

export function jwks(config: Config): Record<string, unknown> {
  return { keys: config.signingKeys.map((key) => key.publicJwk) };
}
