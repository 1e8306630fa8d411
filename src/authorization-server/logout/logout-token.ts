/** The logout token (OpenID Connect Back-Channel Logout §2.4). */
import { signJwt } from '../../crypto/jwt.ts';
import { randomText } from '../../crypto/random.ts';
import type { PersonId, SessionId } from '../../protocol/credentials.ts';
import { MINUTE, SECOND } from '../../protocol/lifetimes.ts';
import { sidOf } from '../../protocol/sid.ts';
import type { Deps } from '../../web/context.ts';
import type { Client } from '../clients/client.ts';
import { signerFor } from '../signer.ts';

/** §4: the expiration time SHOULD be short, preferably at most two minutes in the future. */
const LIFETIME = 2 * MINUTE;

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

type Over = { personId: PersonId; sessionId: SessionId };

/** Signed as the client's id_tokens are, with both `sub` and `sid`: whichever the client goes by. */
export function signLogoutToken(deps: Pick<Deps, 'config'>, client: Client, { personId, sessionId }: Over) {
  const iat = Math.floor(Date.now() / SECOND);
  // §2.4: a nonce Claim MUST NOT be present, so that it can never be taken for an ID Token.
  return signJwt(signerFor(deps, client.metadata.id_token_signed_response_alg), 'logout+jwt', {
    iss: deps.config.issuer,
    sub: personId,
    aud: client.id,
    iat,
    exp: iat + LIFETIME / SECOND,
    jti: randomText(22),
    events: { [EVENT]: {} },
    sid: sidOf(sessionId, client.id),
  });
}
