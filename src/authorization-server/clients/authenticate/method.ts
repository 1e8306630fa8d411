/** What a way of client authentication is made of. */
import type { Spend } from '../../../storage/spent.ts';
import type { Deps } from '../../../web/context.ts';
import type { Parameters } from '../../../web/parameters.ts';
import type { Client } from '../client.ts';

/** What a request carries to prove a client with. */
export type Credentials = { authorization: string | undefined; form: Parameters };

/**
 * A client that has proven itself, and what its proof uses up: spent in the batch that decides. The thumbprint is that
 * of the key to which its tokens will be bound, where it shows one (RFC 9449 §5).
 */
export type Caller = { client: Client; spends: Spend[]; thumbprint?: string | undefined };

export type AuthMethod = {
  /** Its name in the registry (RFC 7591 §2). */
  method: string;
  isPresented: (credentials: Credentials) => boolean;
  clientId: (credentials: Credentials) => string;
  /**
   * @returns what the proof uses up.
   * @throws OAuthError invalid_client
   */
  check: (deps: AuthenticateDeps, client: Client, credentials: Credentials) => Spend[] | Promise<Spend[]>;
};

export type AuthenticateDeps = Pick<
  Deps,
  'databases' | 'moment' | 'ceilings' | 'network' | 'config' | 'settings' | 'cache' | 'later' | 'capabilities'
>;
