/** The interface of client authentication methods. */
import { InvalidJwt } from '../../../crypto/invalid-jwt.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { acceptedAuthMethodsOf } from '../../../protocol/authentication-method.ts';
import { invalidClient } from '../../../protocol/oauth-error.ts';
import type { SingleUse } from '../../../storage/grants/single-use.ts';
import type { Client } from '../client.ts';
import type { ClientLookupDeps } from '../client-lookup.ts';

/** The parts of a request with client credentials. */
export type ClientCredentials = { authorization: string | undefined; form: Parameters };

/**
 * An authenticated client, and the single-use values of its assertion and DPoP proof, which are consumed in the batch of
 * the decision. The thumbprint is that of the DPoP key (RFC 9449 §5).
 */
export type AuthenticatedClient = {
  client: Client;
  singleUses: SingleUse[];
  thumbprint?: string | undefined;
  /** The JWT of its workload, where that is the grant of the request and what authenticates it (RFC 7523 §2.1). */
  workload?: WorkloadClaims;
};

/** The claims of a workload's JWT that decide about the access token. `exp` is in seconds. */
export type WorkloadClaims = { exp: number; scope?: string | undefined; cnf?: unknown };

/** @throws OAuthError invalid_client for another method than the registered one (RFC 6749 §2.3). */
export function checkAuthMethod({ metadata }: Client, method: string): void {
  const accepted = acceptedAuthMethodsOf(metadata);
  if (accepted.includes(method)) return;
  const methods = accepted.join(' or ');
  throw invalidClient(`this client must authenticate by ${methods}, not by ${method}.`);
}

/** A parameter of client authentication. @throws OAuthError invalid_client if missing. */
export function requiredParameter({ form }: ClientCredentials, name: string): string {
  const value = form.one(name);
  // RFC 6749 §5.2: invalid_client: client authentication failed (e.g., unknown client, no client authentication included).
  if (value === undefined) throw invalidClient(`${name} is missing: the client must authenticate.`);
  return value;
}

/** A client authentication method. */
export type AuthMethod = {
  /** The registered name (RFC 7591 §2). */
  method: string;
  isPresented: (credentials: ClientCredentials) => boolean;
  clientId: (credentials: ClientCredentials) => string;
  /** Finds the client of a request without `client_id`, and decides with it. */
  withoutClientId?: <T>(
    deps: AuthenticateDeps,
    credentials: ClientCredentials,
    decide: (id: string) => Promise<T>,
  ) => Promise<T>;
  /**
   * Verifies the credentials. @returns the single-use values to consume.
   * @throws OAuthError invalid_client
   */
  check: (deps: AuthenticateDeps, client: Client, credentials: ClientCredentials) => SingleUse[] | Promise<SingleUse[]>;
};

export type AuthenticateDeps = ClientLookupDeps;

/** The error of an assertion that is not accepted for client authentication; any other is returned as it is. */
export const invalidAssertion = (cause: unknown): unknown =>
  cause instanceof InvalidJwt ? invalidClient(`the client assertion is not valid: ${cause.message}.`, cause) : cause;
