/** `none`: a public client only says who it is (RFC 6749 §2.1, §3.2.1); PKCE proves the rest. */
import type { AuthMethod } from './method.ts';

export const none: AuthMethod = {
  method: 'none',
  // The last of the table: what presents nothing else.
  isPresented: () => true,
  clientId: ({ form }) => form.required('client_id'),
  check: () => [],
};
