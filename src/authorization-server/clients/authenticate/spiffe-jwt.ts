/** `spiffe_jwt` (draft-ietf-oauth-spiffe-client-auth §3.1): the JWT-SVID of a SPIFFE workload. */
import { SPIFFE_JWT } from '../../../protocol/authentication-method.ts';
import { type AuthMethod, requiredParameter } from './method.ts';

export const SPIFFE_ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe';

const svids = () => import('./jwt-svid.ts');

export const spiffeJwt: AuthMethod = {
  method: SPIFFE_JWT,
  isPresented: ({ form }) => form.one('client_assertion_type') === SPIFFE_ASSERTION_TYPE,
  clientId: (credentials) => requiredParameter(credentials, 'client_id'),
  // The SPIFFE ID in the sub claim is associated with a registered client identifier.
  withoutClientId: async (...parameters) => (await svids()).withClientOfSvid(...parameters),
  check: async (...parameters) => (await svids()).checkSvid(...parameters),
};
