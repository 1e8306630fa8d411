/** Remembered consent: an active grant of the same client that covers the request. */
import { sha256 } from '../../crypto/digest.ts';
import type { Deps } from '../../http/context.ts';
import { isLoopbackRedirect, isPrivateUseRedirect } from '../../protocol/redirect-uri.ts';
import type { Settings } from '../../protocol/settings.ts';
import { scopeOfClaim } from '../../protocol/user-claims.ts';
import { type ConsentedAccess, listConsentedAccess, NEWEST_GRANTS } from '../../storage/grants/consents.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { isApprovedByAdministrator } from '../clients/client.ts';
import type { RedirectTarget } from './response-modes.ts';
import type { AuthorizationRequest } from './validate-request.ts';

/** The fingerprint of the displayed client, or the reason why consent is required. */
type RememberedConsent = { consentRequired?: undefined; displayHash: string | undefined } | { consentRequired: string };

/** Decides if consent can be skipped: for a trusted client, or where the user has consented to the request before. */
export async function rememberedConsent(
  { databases, moment }: Pick<Deps, 'databases' | 'moment'>,
  settings: Settings,
  target: RedirectTarget,
  request: AuthorizationRequest,
  { grants, user, session }: SignedIn,
): Promise<RememberedConsent> {
  const { client, redirectUri } = target;
  if (request.prompts.includes('consent')) return { consentRequired: 'the request has prompt=consent.' };
  if (client.trusted) return { displayHash: undefined };
  if (!settings.skip_authorization) {
    return { consentRequired: 'consent is required for every request: the setting skip_authorization is disabled.' };
  }
  // RFC 8252 §8.6: authorization requests of clients that others may impersonate SHOULD NOT be processed without consent.
  if (isLoopbackRedirect(redirectUri) || isPrivateUseRedirect(redirectUri)) {
    return {
      consentRequired:
        'consent is required for every request at this redirect_uri, which another application could use.',
    };
  }
  const displayHash = consentFingerprint(target);
  const isCovered = (consented: ConsentedAccess) =>
    coversRequest(consented, request) && (!displayHash || consented.displayHash === displayHash);
  if (grants.some(isCovered)) return { displayHash };
  const of = { userId: user.id, clientId: client.id };
  // An older grant than the newest ones read with the session may cover the request.
  const older =
    grants.length < NEWEST_GRANTS ? [] : await listConsentedAccess(databases, session.shard, of, moment.now, settings);
  if (older.some(isCovered)) return { displayHash };
  return { consentRequired: 'the user has not consented to this request, or the application has changed since.' };
}

/**
 * A hash of the client as displayed on the consent page: where its document or registration changes, consent is required
 * again. Undefined for a client that an administrator created or trusts.
 */
export function consentFingerprint({
  client,
  redirectUri,
}: Pick<RedirectTarget, 'client' | 'redirectUri'>): string | undefined {
  if (isApprovedByAdministrator(client)) return undefined;
  const { metadata } = client;
  const names = Object.entries(metadata).filter(([name]) =>
    /^(client_name|client_uri|logo_uri|policy_uri|tos_uri)(#|$)/.test(name),
  );
  const { token_endpoint_auth_method: method, jwks, jwks_uri } = metadata;
  const parts = [redirectUri, names.sort(([a], [b]) => (a < b ? -1 : 1)), method, jwks ?? null, jwks_uri ?? null];
  return sha256(JSON.stringify(parts));
}

/** @returns true if the earlier consent covers the request. */
function coversRequest(consented: ConsentedAccess, { scopes, resources, claims }: AuthorizationRequest): boolean {
  return (
    scopes.every((scope) => consented.scopes.includes(scope)) &&
    [...claims.idToken, ...claims.userinfo].every((claim) => coversClaim(consented, claim)) &&
    resources.every((resource) => consented.resources.includes(resource))
  );
}

const coversClaim = (consented: ConsentedAccess, claim: string) =>
  consented.claims.includes(claim) || consented.scopes.includes(scopeOfClaim(claim) ?? '');
