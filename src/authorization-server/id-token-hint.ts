/** `id_token_hint`: an id_token of this server (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). */
import * as z from 'zod/mini';
import { InvalidJwt } from '../crypto/invalid-jwt.ts';
import { verifyJwt } from '../crypto/jwt.ts';
import type { Deps } from '../http/context.ts';
import type { Parameters } from '../http/parameters.ts';
import { OAuthError } from '../protocol/oauth-error.ts';

const IdTokenHintClaims = z.object({ sub: z.string(), aud: z.string() });
export type IdTokenHint = z.infer<typeof IdTokenHintClaims>;

/** The prefix of a sealed hint: an id_token of a POST, which may have user claims, is never put into a URL. */
const SEALED_PREFIX = 'ph_';

const invalidHint = (cause?: unknown) =>
  new OAuthError('invalid_request', 'id_token_hint is not an id_token of this server.', { cause });

/**
 * The user and the client of an id_token. RP-Initiated Logout §2: the OP SHOULD accept ID Tokens when the current session
 * is recent, even when exp has passed.
 * @throws OAuthError invalid_request for anything but an id_token of this server.
 */
export async function openIdTokenHint(deps: Pick<Deps, 'config' | 'moment'>, token: string): Promise<IdTokenHint> {
  const { issuer, root, signingKeys } = deps.config;
  if (token.startsWith(SEALED_PREFIX)) {
    const sealed = IdTokenHintClaims.safeParse(await root.unseal('hint', token.slice(SEALED_PREFIX.length)));
    if (sealed.success) return sealed.data;
    throw invalidHint();
  }
  const expected = { typ: 'JWT', issuer, now: deps.moment.now, allowExpired: true };
  try {
    const hint = IdTokenHintClaims.safeParse(await verifyJwt(token, signingKeys, expected));
    if (hint.success) return hint.data;
    throw new InvalidJwt('it has no sub or aud');
  } catch (cause) {
    if (!(cause instanceof InvalidJwt)) throw cause;
    throw invalidHint(cause);
  }
}

/** The parameters of a POST for a query: the id_token_hint is replaced by its sealed user and client. */
export async function withSealedHint(deps: Pick<Deps, 'config' | 'moment'>, form: Parameters): Promise<Parameters> {
  const [token, ...more] = form.all('id_token_hint');
  // A repeated parameter is refused after the redirect.
  if (token === undefined || more.length > 0) return form;
  const hint = await openIdTokenHint(deps, token).catch((error: unknown) => {
    if (error instanceof OAuthError) return undefined;
    throw error;
  });
  const sealed = hint && (await deps.config.root.seal('hint', hint));
  return form.with({ id_token_hint: sealed === undefined ? 'invalid' : `${SEALED_PREFIX}${sealed}` });
}
