/** JWT-SVIDs as client assertions (draft-ietf-oauth-spiffe-client-auth §3.1): loaded with the first of them. */
import { MAX_ASSERTION_LENGTH } from '../../../crypto/assertion.ts';
import { SPIFFE_JWT } from '../../../protocol/authentication-method.ts';
import { invalidClient } from '../../../protocol/oauth-error.ts';
import type { SingleUse } from '../../../storage/grants/single-use.ts';
import type { Client } from '../client.ts';
import { type ClientSearch, withOnlyClient } from '../workload-client.ts';
import { type AuthenticateDeps, type ClientCredentials, requiredParameter } from './method.ts';
import { checkWorkloadAssertion } from './workload.ts';

const SEARCH: ClientSearch = {
  isCandidate: ({ authMethod }) => authMethod === SPIFFE_JWT,
  refusal: (cause) =>
    invalidClient(
      'the client assertion is not a valid JWT-SVID that exactly one client accepts; with client_id the error says why.',
      cause,
    ),
};

/** Decides with the only client that accepts the SPIFFE ID. @throws OAuthError invalid_client */
export const withClientOfSvid = <T>(
  deps: AuthenticateDeps,
  credentials: ClientCredentials,
  decide: (id: string) => Promise<T>,
): Promise<T> => withOnlyClient(deps, readSvid(credentials), SEARCH, decide);

/** Checks the JWT-SVID of a client. @throws OAuthError invalid_client */
export async function checkSvid(
  deps: AuthenticateDeps,
  client: Client,
  credentials: ClientCredentials,
): Promise<SingleUse[]> {
  if (!client.workload) throw invalidClient('the client has no workload identity.');
  // The audience and types of a JWT-SVID are its own.
  return checkWorkloadAssertion(deps, client, client.workload, readSvid(credentials), { audiences: [], types: [] });
}

function readSvid(credentials: ClientCredentials): string {
  const assertion = requiredParameter(credentials, 'client_assertion');
  if (assertion.length > MAX_ASSERTION_LENGTH) throw invalidClient('the client assertion is too long.');
  return assertion;
}
