/** The logout token (OpenID Connect Back-Channel Logout §2.4). */
import { signJwt } from '../../crypto/jwt.ts';
import { randomText } from '../../crypto/random.ts';
import type { Deps } from '../../http/context.ts';
import type { SessionId, UserId } from '../../protocol/credentials.ts';
import { MINUTE, SECOND } from '../../protocol/lifetimes.ts';
import { sidOf } from '../../protocol/sid.ts';
import { idTokenSigningKey } from '../client-signing-key.ts';
import type { Client } from '../clients/client.ts';

/** §4: the expiration time SHOULD be short, preferably at most two minutes in the future. */
const LOGOUT_TOKEN_LIFETIME = 2 * MINUTE;

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

type EndedSession = { userId: UserId; sessionId: SessionId };

/** Signs a logout token with the key of the client's id_tokens, with both `sub` and `sid`. */
export async function signLogoutToken(
  deps: Pick<Deps, 'config' | 'settings'>,
  client: Client,
  { userId, sessionId }: EndedSession,
) {
  const signer = idTokenSigningKey(deps, await deps.settings(), client.metadata);
  const iat = Math.floor(Date.now() / SECOND);
  // §2.4: a nonce Claim MUST NOT be present, to distinguish it from an ID Token.
  return signJwt(signer, 'logout+jwt', {
    iss: deps.config.issuer,
    sub: userId,
    aud: client.id,
    iat,
    exp: iat + LOGOUT_TOKEN_LIFETIME / SECOND,
    jti: randomText(22),
    events: { [EVENT]: {} },
    sid: sidOf(sessionId, client.id),
  });
}
