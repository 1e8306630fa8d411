/** Making the authorization code of an approved request, and its record for the administrator. */
import { acrOf } from '../../protocol/acr.ts';
import { newGrantId } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import type { Settings } from '../../protocol/settings.ts';
import { noteCode } from '../../storage/codes.ts';
import type { Session } from '../../storage/sessions.ts';
import type { Deps } from '../../web/context.ts';
import { sealCode } from '../code.ts';
import type { Target } from './respond.tsx';
import type { Requested } from './validate.ts';

/** No storage is waited for: the code carries everything, and its record is written behind the response. */
export async function issueCode(
  deps: Pick<Deps, 'config' | 'codes' | 'moment' | 'later'>,
  settings: Settings,
  target: Target,
  approved: Requested,
  session: Pick<Session, 'id' | 'personId' | 'shard' | 'authTime' | 'amr'>,
): Promise<string> {
  const { now } = deps.moment;
  const expiresAt = now + settings.code_seconds * SECOND;
  const grant = newGrantId(session.shard);
  const code = await sealCode(deps.config.root, session.shard, {
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
    authTime: session.authTime,
    amr: session.amr,
    acr: acrOf(session.amr, approved.acr),
    idTokenClaims: approved.claims.idToken,
    claims: approved.claims.userinfo,
    bornAt: now,
    expiresAt,
  });
  const record = {
    client: target.client.id,
    person: session.personId,
    grant,
    scopes: approved.scopes,
    issuedAt: now,
    expiresAt,
  };
  deps.later('note code', noteCode(deps.codes, code, record));
  return code;
}
