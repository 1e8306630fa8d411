/** What this server can do, read off its tables: registration checks it, metadata prints it. */

import type { Config } from '../config.ts';
import { ASSERTION_ALGORITHMS } from '../crypto/assertion.ts';
import type { Capabilities } from '../protocol/client-metadata.ts';
import { AUTH_METHODS } from './clients/authenticate/index.ts';
import { GRANTS } from './token/grants/index.ts';

export function capabilities(config: Config): Capabilities {
  return {
    grants: GRANTS,
    authMethods: AUTH_METHODS,
    idTokenAlgorithms: config.signers.map((key) => key.alg),
    assertionAlgorithms: ASSERTION_ALGORITHMS,
  };
}
