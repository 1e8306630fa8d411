/** `none`: a public client, identified by client_id alone (RFC 6749 §2.1, §3.2.1) and protected by PKCE. */
import { NO_AUTHENTICATION } from '../../../protocol/authentication-method.ts';
import { basicClientIdWithoutSecret } from './client-secret.ts';
import { type AuthMethod, requiredParameter } from './method.ts';

export const none: AuthMethod = {
  method: NO_AUTHENTICATION,
  // The last of the table: a request without credentials.
  isPresented: () => true,
  clientId: (credentials) => basicClientIdWithoutSecret(credentials) ?? requiredParameter(credentials, 'client_id'),
  check: () => [],
};
