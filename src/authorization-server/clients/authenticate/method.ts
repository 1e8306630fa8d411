/** What a way of client authentication is made of. */
import type { Parameters } from '../../../web/parameters.ts';
import type { Client } from '../client.ts';

/** What a request carries to prove a client with. */
export type Credentials = { authorization: string | undefined; form: Parameters };

export type AuthMethod = {
  /** Its name in the registry (RFC 7591 §2). */
  method: string;
  isPresented: (credentials: Credentials) => boolean;
  clientId: (credentials: Credentials) => string;
  /** @throws OAuthError invalid_client */
  check: (client: Client, credentials: Credentials) => void;
};
