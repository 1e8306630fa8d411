/** The key that an assertion is bound to (RFC 7800), for every kind of JWT bearer grant. */
import { InvalidJwt } from '../../../crypto/invalid-jwt.ts';
import { isJsonObject } from '../../../protocol/json-object.ts';

/**
 * ID-JAG §4.4.1: with a cnf, a DPoP proof of the same key MUST be present, else the assertion MUST be rejected.
 * @throws InvalidJwt
 */
export function checkConfirmation(cnf: unknown, thumbprint: string | undefined): void {
  if (cnf === undefined) return;
  const jkt = isJsonObject(cnf) ? cnf.jkt : undefined;
  if (thumbprint === undefined || jkt !== thumbprint) {
    throw new InvalidJwt('it is bound to a key (cnf), and the request has no DPoP proof of that key');
  }
}
