/** The client of a workload's JWT, for a grant that names none: found by the issuer, chosen by the rules of each client. */
import { decodeClaims } from '../../../crypto/jwt-decoding.ts';
import { JWT_BEARER } from '../../../protocol/grant-type.ts';
import { OAuthError, tooManyRequests } from '../../../protocol/oauth-error.ts';
import { unacceptedClaim } from '../../../protocol/workload-identity.ts';
import {
  findWorkloadClientsFromPrimary,
  findWorkloadClientsFromReplica,
  type WorkloadClient,
} from '../../../storage/clients/workload-clients.ts';
import type { AuthenticateDeps } from '../../clients/authenticate/method.ts';

/**
 * Decides with the only client whose rules accept the claims, of which nothing is verified yet. A refusal is based on
 * the primary.
 * @throws OAuthError invalid_grant, the same for every reason: another would tell without a signature which subjects
 * have a client.
 */
export async function withOnlyClient<T>(
  deps: AuthenticateDeps,
  assertion: string,
  decide: (id: string) => Promise<T>,
): Promise<T> {
  try {
    return await decideWithOnlyClient(deps, assertion, decide);
  } catch (error) {
    if (!(error instanceof OAuthError) || error.code !== 'invalid_grant') throw error;
    throw unaccepted(error);
  }
}

const unaccepted = (cause?: unknown) =>
  new OAuthError(
    'invalid_grant',
    'the assertion is not a valid JWT of a workload that exactly one client accepts; with client_id the error says why.',
    { cause },
  );

async function decideWithOnlyClient<T>(
  deps: AuthenticateDeps,
  assertion: string,
  decide: (id: string) => Promise<T>,
): Promise<T> {
  const claims = decodeClaims(assertion);
  const { iss } = claims ?? {};
  if (!claims || typeof iss !== 'string') throw unaccepted();
  const { databases, moment } = deps;
  const near = onlyClient(await findWorkloadClientsFromReplica(databases, iss, moment.now), claims);
  if (near !== undefined) {
    try {
      return await decide(near);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
    }
  }
  // Invented issuers would each read the primary.
  const { success } = await deps.rateLimits.unknownClient.limit({ key: deps.network });
  if (!success) throw tooManyRequests('too many requests for unknown clients from your network.', 60);
  const latest = onlyClient(await findWorkloadClientsFromPrimary(databases, iss, moment.now), claims);
  if (latest === undefined) throw unaccepted();
  return decide(latest);
}

/** WAG §6.1: an authorization server MUST ensure that an assertion can match at most one of its registrations. */
function onlyClient(clients: WorkloadClient[], claims: Readonly<Record<string, unknown>>): string | undefined {
  const [only, ...others] = clients.filter(
    ({ workload, metadata }) =>
      workload && metadata.grant_types.includes(JWT_BEARER) && unacceptedClaim(workload, claims) === undefined,
  );
  return others.length === 0 ? only?.id : undefined;
}
