/** Making the authorization code of an approved request, and its record for the administrator. */
import { acrOf } from '../../protocol/acr.ts';
import { grantOfPushed, newGrantId } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import type { Settings } from '../../protocol/settings.ts';
import { noteCode } from '../../storage/codes.ts';
import type { Session } from '../../storage/sessions.ts';
import type { Deps } from '../../web/context.ts';
import { sealCode } from '../code.ts';
import { answerOnce } from './pushed-request.ts';
import type { Target } from './respond.tsx';
import type { Requested } from './validate.ts';

/**
 * No storage is waited for: the code carries everything, and its record is written behind the response. Only a pushed
 * request is answered there, once.
 * @param by the consent form that the person answered, or the request that needed none.
 * @throws OAuthError invalid_request, or invalid_request_uri for a pushed request that was answered before.
 */
export async function issueCode(
  deps: Pick<Deps, 'config' | 'databases' | 'codes' | 'moment' | 'later'>,
  settings: Settings,
  target: Target,
  approved: Requested,
  session: Pick<Session, 'id' | 'personId' | 'shard' | 'authTime' | 'amr'>,
  by: string,
): Promise<string> {
  const { now } = deps.moment;
  const expiresAt = now + settings.code_seconds * SECOND;
  const { pushed } = target;
  // Whatever happens to its codes, a pushed request becomes one grant.
  const grant = pushed ? grantOfPushed(pushed, session.shard) : newGrantId(session.shard);
  const approvedCode = {
    grant,
    clientId: target.client.id,
    personId: session.personId,
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
    bornAt: now,
    expiresAt,
  };
  const { text, rest } = await sealCode(deps.config.root, session.shard, approvedCode, pushed);
  await answerOnce(deps, pushed, by, rest);
  const record = {
    client: target.client.id,
    person: session.personId,
    grant,
    scopes: approved.scopes,
    issuedAt: now,
    expiresAt,
  };
  deps.later('note code', noteCode(deps.codes, text, record));
  return text;
}
