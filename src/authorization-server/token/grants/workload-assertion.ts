/**
 * A JWT of a workload's platform as the grant of a client (RFC 7523 §2.1), without other client authentication: workload
 * identity federation of MCP, and the Workload Authorization Grant (draft-carleton-workload-authz-grant §5).
 */
import { MAX_ASSERTION_LENGTH } from '../../../crypto/assertion.ts';
import { InvalidJwt } from '../../../crypto/invalid-jwt.ts';
import { decodeTyp } from '../../../crypto/jwt-decoding.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { NO_AUTHENTICATION } from '../../../protocol/authentication-method.ts';
import { ENDPOINTS } from '../../../protocol/endpoints.ts';
import { JWT_BEARER } from '../../../protocol/grant-type.ts';
import { invalidGrant } from '../../../protocol/oauth-error.ts';
import type { WorkloadIdentity } from '../../../protocol/workload-identity-schema.ts';
import {
  type AuthenticateDeps,
  type AuthenticatedClient,
  checkAuthMethod,
  type WorkloadClaims,
} from '../../clients/authenticate/method.ts';
import { verifyWorkload } from '../../clients/authenticate/workload.ts';
import type { Client } from '../../clients/client.ts';
import { checkEnabled } from '../../clients/client-approval.ts';
import { withClient } from '../../clients/client-lookup.ts';
import { type ClientSearch, withOnlyClient } from '../../clients/workload-client.ts';

/** The explicit type of the update of RFC 7523. */
const ASSERTION_TYPS = ['authorization-grant+jwt'];
/** RFC 9068 §2.1 */
const ACCESS_TOKEN_TYP = 'at+jwt';

/**
 * The client of the assertion: that of `client_id`, else the only one whose rules accept it.
 * @throws OAuthError invalid_grant (RFC 7523 §3.1); invalid_client for a client that must authenticate otherwise.
 */
export async function authenticateWorkload(
  deps: AuthenticateDeps,
  form: Parameters,
  assertion: string,
): Promise<AuthenticatedClient> {
  if (assertion.length > MAX_ASSERTION_LENGTH) throw invalidGrant('the assertion is too long.');
  const decide = (client: Client) => verifyGrant(deps, client, assertion);
  const clientId = form.one('client_id');
  if (clientId !== undefined) return withClient(deps, clientId, decide);
  return withOnlyClient(deps, assertion, SEARCH, (id) => withClient(deps, id, decide));
}

const SEARCH: ClientSearch = {
  isCandidate: ({ grantTypes }) => grantTypes.includes(JWT_BEARER),
  refusal: (cause) =>
    invalidGrant(
      'the assertion is not a valid JWT of a workload that exactly one client accepts; with client_id the error says why.',
      cause,
    ),
};

async function verifyGrant(deps: AuthenticateDeps, client: Client, assertion: string): Promise<AuthenticatedClient> {
  // Without a workload identity there is nothing that authenticates it.
  if (!client.workload) checkAuthMethod(client, NO_AUTHENTICATION);
  const workload = client.workload && (await verifyClaims(deps, client, client.workload, assertion));
  checkEnabled(client, await deps.settings());
  return { client, singleUses: [], ...(workload && { workload }) };
}

async function verifyClaims(
  deps: AuthenticateDeps,
  client: Client,
  workload: WorkloadIdentity,
  assertion: string,
): Promise<WorkloadClaims> {
  const { issuer } = deps.config;
  // RFC 7523 §3: the issuer or the token endpoint. WAG §5.1: the issuer MUST be accepted.
  const audiences = [issuer, issuer + ENDPOINTS.token_endpoint];
  const isAccessToken = decodeTyp(assertion) === ACCESS_TOKEN_TYP;
  try {
    const claims = isAccessToken
      ? await verifyAccessTokenOfClient(deps, client, workload, assertion, audiences)
      : await verifyWorkload(deps, client, workload, assertion, { audiences, types: ASSERTION_TYPS });
    const { exp, scope, cnf } = claims;
    if (scope !== undefined && typeof scope !== 'string') throw new InvalidJwt('its scope is not a text');
    return { exp, scope, cnf };
  } catch (cause) {
    if (cause instanceof InvalidJwt) throw invalidGrant(`the assertion is not valid: ${cause.message}.`, cause);
    throw cause;
  }
}

/**
 * An access token of another authorization server (RFC 9068), which its client requested for this server. It is known to
 * the resource servers of its audience, so this server must be the only one; and it must be of the client itself, since
 * every client that a user authorized has tokens of that user.
 * @throws InvalidJwt
 */
async function verifyAccessTokenOfClient(
  deps: AuthenticateDeps,
  client: Client,
  workload: WorkloadIdentity,
  assertion: string,
  audiences: string[],
) {
  // The audience that an administrator named may be that of an API, which gets the tokens of its clients.
  if (!audiences.includes(workload.audience ?? deps.config.issuer))
    throw new InvalidJwt('it is an access token, whose aud must be this server');
  const claims = await verifyWorkload(deps, client, workload, assertion, { audiences, types: [ACCESS_TOKEN_TYP] });
  // RFC 9068 §2.2: without a resource owner the sub is that of the client.
  if (claims.client_id !== claims.sub || claims.act !== undefined)
    throw new InvalidJwt('it is an access token that was not issued to its client itself');
  return claims;
}
