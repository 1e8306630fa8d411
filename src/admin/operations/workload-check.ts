/** The check of the workload identity that an administrator sets of a client. */
import type { Config } from '../../config.ts';
import { KEYED_METHODS, SPIFFE_JWT } from '../../protocol/authentication-method.ts';
import type { ClientMetadata } from '../../protocol/client-metadata.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { isTrustDomain } from '../../protocol/spiffe.ts';
import type { WorkloadIdentity } from '../../protocol/workload-identity-schema.ts';

const refused = (why: string) => new OAuthError('invalid_request', `workload: ${why}`);

/** Validates the workload identity of a client. @throws OAuthError invalid_request */
export function checkWorkload(
  { issuer }: Config,
  metadata: ClientMetadata,
  workload: WorkloadIdentity | null | undefined,
): void {
  const method = metadata.token_endpoint_auth_method;
  if (method === SPIFFE_JWT) checkSpiffe(workload);
  if (!workload) return;
  if (!KEYED_METHODS.includes(method ?? '')) {
    throw refused(`the authentication method of the client must be ${KEYED_METHODS.join(' or ')}.`);
  }
  if (workload.issuer === issuer) throw refused('this server is not an issuer for its own clients.');
}

function checkSpiffe(workload: WorkloadIdentity | null | undefined): void {
  if (!workload || !isTrustDomain(workload.issuer))
    throw refused('its issuer must be the trust domain of the client, such as spiffe://example.com.');
  if (!workload.subjects.every((subject) => subject.startsWith(`${workload.issuer}/`)))
    throw refused('its subjects must be SPIFFE IDs of its trust domain.');
  // draft-ietf-oauth-spiffe-client-auth §3.1: aud contains only the issuer identifier of the authorization server.
  if (workload.audience !== undefined) throw refused('the audience of a JWT-SVID is this server, and no other.');
}
