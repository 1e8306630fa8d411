/** The capabilities of the server, from its tables, for registration and metadata. */
import type { Config } from '../config.ts';
import { ASSERTION_ALGORITHMS } from '../crypto/assertion.ts';
import { AUTHENTICATION_METHODS } from '../protocol/authentication-method.ts';
import type { Capabilities } from '../protocol/client-metadata.ts';
import { GRANT_TYPES } from '../protocol/grant-type.ts';

export function capabilities(config: Config): Capabilities {
  return {
    grants: GRANT_TYPES,
    authMethods: AUTHENTICATION_METHODS,
    idTokenAlgorithms: config.signers.map((key) => key.alg),
    assertionAlgorithms: ASSERTION_ALGORITHMS,
  };
}
