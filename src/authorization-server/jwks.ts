/** The public half of every signing key (RFC 7517 §5): those that sign, those that will, and those that did. */
import type { Config } from '../config.ts';

export function jwks(config: Config): Record<string, unknown> {
  return { keys: config.signingKeys.map((key) => key.publicJwk) };
}
