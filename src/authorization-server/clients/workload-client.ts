/** The client of a workload's JWT, for a request that names none: found by the issuer, chosen by the rules of each client. */
import { decodeClaims } from '../../crypto/jwt-decoding.ts';
import { OAuthError, tooManyRequests } from '../../protocol/oauth-error.ts';
import { trustDomainOf } from '../../protocol/spiffe.ts';
import { unacceptedClaim } from '../../protocol/workload-identity.ts';
import {
  findWorkloadClientsFromPrimary,
  findWorkloadClientsFromReplica,
  type WorkloadClient,
} from '../../storage/clients/workload-clients.ts';
import type { AuthenticateDeps } from './authenticate/method.ts';

/** The clients that a request can be of, and the error of one that is of none. */
export type ClientSearch = {
  isCandidate: (client: WorkloadClient) => boolean;
  /** The same for every reason: another would tell without a signature which subjects have a client. */
  refusal: (cause?: unknown) => OAuthError;
};

/**
 * Decides with the only client whose rules accept the claims, of which nothing is verified yet. A refusal is based on
 * the primary.
 * @throws OAuthError the refusal of the search.
 */
export async function withOnlyClient<T>(
  deps: AuthenticateDeps,
  assertion: string,
  search: ClientSearch,
  decide: (id: string) => Promise<T>,
): Promise<T> {
  try {
    return await decideWithOnlyClient(deps, assertion, search, decide);
  } catch (error) {
    const refusal = search.refusal(error);
    if (!(error instanceof OAuthError) || error.code !== refusal.code) throw error;
    throw refusal;
  }
}

async function decideWithOnlyClient<T>(
  deps: AuthenticateDeps,
  assertion: string,
  { isCandidate, refusal }: ClientSearch,
  decide: (id: string) => Promise<T>,
): Promise<T> {
  const claims = decodeClaims(assertion);
  if (!claims) throw refusal();
  // The iss is not part of a JWT-SVID: its trust domain is that of the sub.
  const issuers = [claims.iss, trustDomainOf(claims.sub)].filter((one) => typeof one === 'string');
  const { databases, moment } = deps;
  const near = onlyClient(
    (await findWorkloadClientsFromReplica(databases, issuers, moment.now)).filter(isCandidate),
    claims,
  );
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
  const latest = onlyClient(
    (await findWorkloadClientsFromPrimary(databases, issuers, moment.now)).filter(isCandidate),
    claims,
  );
  if (latest === undefined) throw refusal();
  return decide(latest);
}

/** WAG §6.1: an authorization server MUST ensure that an assertion can match at most one of its registrations. */
function onlyClient(clients: WorkloadClient[], claims: Readonly<Record<string, unknown>>): string | undefined {
  const [only, ...others] = clients.filter(
    ({ workload }) => workload && unacceptedClaim(workload, claims) === undefined,
  );
  return others.length === 0 ? only?.id : undefined;
}
