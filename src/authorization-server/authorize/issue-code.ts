/** Issues the authorization code of an approved request, and its record for administrators. */
import type { Deps } from '../../http/context.ts';
import { acrOf } from '../../protocol/acr.ts';
import { grantIdOfPushedRequest, newGrantId } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import type { Settings } from '../../protocol/settings.ts';
import { recordCode } from '../../storage/grants/codes.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { sealAuthorizationCode } from '../sealed-authorization-code.ts';
import { answerPushedRequestOnce } from './pushed-request.ts';
import type { RedirectTarget } from './response-modes.ts';
import type { RequestedAccess } from './validate-request.ts';

/**
 * Issues a code without waiting for storage: the code contains the request, and its record is written after the response.
 * Only a pushed request is consumed.
 * @param by the id of the consent form, or of the HTTP request where no consent was needed.
 * @throws OAuthError invalid_request, or invalid_request_uri for a consumed pushed request.
 */
export async function issueCode(
  deps: Pick<Deps, 'config' | 'databases' | 'codes' | 'moment' | 'waitUntil'>,
  settings: Settings,
  target: RedirectTarget,
  approved: RequestedAccess & { displayHash?: string | undefined },
  { session, consentCutoffAt }: Pick<SignedIn, 'session' | 'consentCutoffAt'>,
  by: string,
): Promise<string> {
  const { now } = deps.moment;
  const expiresAt = now + settings.code_seconds * SECOND;
  const { pushed } = target;
  // A pushed request becomes at most one grant.
  const grant = pushed ? grantIdOfPushedRequest(pushed, session.shard) : newGrantId(session.shard);
  const approvedCode = {
    grant,
    clientId: target.client.id,
    userId: session.userId,
    sessionId: session.id,
    redirectUri: target.redirectUri,
    redirectUriGiven: target.redirectUriGiven,
    codeChallenge: approved.codeChallenge,
    scopes: approved.scopes,
    resources: approved.resources,
    nonce: approved.nonce,
    dpopJkt: approved.dpopJkt,
    authTime: session.authTime,
    amr: session.amr,
    acr: acrOf(session.amr, approved.acr),
    idTokenClaims: approved.claims.idToken,
    claims: approved.claims.userinfo,
    displayHash: approved.displayHash,
    // The read of the session included every earlier cutoff.
    authorizedAt: Math.max(now, consentCutoffAt + 1),
    expiresAt,
  };
  const { text, rest } = await sealAuthorizationCode(deps.config.root, approvedCode, pushed);
  await answerPushedRequestOnce(deps, pushed, by, rest);
  const record = {
    client: target.client.id,
    user: session.userId,
    grant,
    scopes: approved.scopes,
    issuedAt: now,
    expiresAt,
  };
  deps.waitUntil('note code', recordCode(deps.codes, text, record));
  return text;
}
