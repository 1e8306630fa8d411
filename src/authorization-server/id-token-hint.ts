/** `id_token_hint`: an id_token of ours, shown back to us (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). */
import * as z from 'zod';
import { InvalidJwt, verifyJwt } from '../crypto/jwt.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Deps } from '../web/context.ts';

const Hint = z.object({ sub: z.string(), aud: z.string() });
export type IdTokenHint = z.infer<typeof Hint>;

/**
 * Whom an id_token was about, and which client it was for.
 * RP-Initiated Logout §2: the OP SHOULD accept ID Tokens when the current session is recent, even when exp has passed.
 * @throws OAuthError invalid_request for what is not an id_token of this server.
 */
export async function openIdTokenHint(deps: Pick<Deps, 'config' | 'moment'>, token: string): Promise<IdTokenHint> {
  const { issuer, signingKeys } = deps.config;
  const expected = { typ: 'JWT', issuer, now: deps.moment.now, evenExpired: true };
  try {
    const hint = Hint.safeParse(await verifyJwt(token, signingKeys, expected));
    if (hint.success) return hint.data;
    throw new InvalidJwt('it has no sub or aud');
  } catch (cause) {
    if (!(cause instanceof InvalidJwt)) throw cause;
    throw new OAuthError('invalid_request', 'id_token_hint is not an id_token of this server.', { cause });
  }
}
