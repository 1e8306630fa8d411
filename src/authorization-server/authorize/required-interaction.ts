/** The sign-in that an authorization request requires before consent (OpenID Connect Core §3.1.2.1, §5.5.1.1). */
import type { Deps } from '../../http/context.ts';
import { meetsAcr, needsCode, prefersCode } from '../../protocol/acr.ts';
import { REAUTHENTICATION_RETURN, SECOND } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { isOfRememberedBrowser, meetsFactorPolicy } from '../../protocol/second-factor.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import type { AuthorizationRequest } from './validate-request.ts';

type InteractiveRequest = AuthorizationRequest & {
  /** True where the client, or an essential acr, requires a second factor. */
  needsFactor: boolean;
};

/**
 * The required interaction, if any: any sign-in, a fresh one, or a choice of account.
 * @param requestedAt the time of the original request, where the user returns from the sign-in page.
 * @throws OAuthError login_required, or unmet_authentication_requirements, where the sign-in of a returning user is not the
 *   requested one.
 */
export function requiredInteraction(
  { moment: { now } }: Pick<Deps, 'moment'>,
  request: InteractiveRequest,
  signedIn: SignedIn | undefined,
  requestedAt: number | undefined,
): 'any' | 'fresh' | 'choice' | undefined {
  if (request.prompts.includes('select_account') && requestedAt === undefined) return 'choice';
  if (!signedIn) return 'any';
  const { subs, neededAcr, needsFactor } = request;
  const { amr, signedInAt } = signedIn.session;
  const isAnother = subs.some((sub) => sub !== signedIn.user.id);
  const isTooWeak = !meetsAcr(amr, neededAcr);
  if (requestedAt !== undefined && signedInAt >= requestedAt) {
    // OpenID Connect Core §3.1.2.1 (id_token_hint), §5.5.1: otherwise, it MUST return an error, such as login_required.
    if (isAnother) throw new OAuthError('login_required', 'another user signed in than the requested one.');
    const canStepUp = isOfRememberedBrowser(amr) && needsCode(neededAcr);
    if (isTooWeak && !canStepUp) throw unmetAcr();
  }
  const lacksFactor = needsFactor && !meetsFactorPolicy(amr);
  if (isAnother || isTooWeak || lacksFactor || wantsCode(request, signedIn)) return 'fresh';
  return isTooOld(now, request, signedIn, requestedAt) ? 'fresh' : undefined;
}

/**
 * True where the request prefers more factors than this session has, and its user has a second one to show. §5.5.1.1:
 * acr_values are voluntary: a user without one goes on, and so does a request that allows no page.
 */
const wantsCode = ({ prompts, acr }: AuthorizationRequest, { user, session }: SignedIn): boolean =>
  user.secondFactorAt !== null && !prompts.includes('none') && prefersCode(session.amr, acr);

/** True where the request demands a more recent authentication than that of the session, or one whose time is known. */
function isTooOld(
  now: number,
  { prompts, maxAge, needsAuthTime }: AuthorizationRequest,
  { session: { amr, authTime } }: SignedIn,
  requestedAt: number | undefined,
): boolean {
  const isAuthTimeKnown = authTime !== null;
  // The user did not show in this sign-in what a remembered browser stands for.
  const isComplete = isAuthTimeKnown && !isOfRememberedBrowser(amr);
  // Without an auth_time of the identity provider, its sign-in is no reauthentication.
  const isReauthenticated = isComplete && requestedAt !== undefined && authTime >= requestedAt;
  if (prompts.includes('login') && !isReauthenticated) return true;
  if (needsAuthTime && !isAuthTimeKnown) return true;
  if (maxAge === undefined) return false;
  // OpenID Connect Core §3.1.2.1: if the elapsed time is greater, the OP MUST attempt to actively re-authenticate. A user
  // who did so for this request has REAUTHENTICATION_RETURN to come back.
  const longest = isReauthenticated ? Math.max(maxAge * SECOND, REAUTHENTICATION_RETURN) : maxAge * SECOND;
  return !isComplete || now - authTime > longest;
}

/** OpenID Connect Core §5.5.1.1: the AS MUST treat that outcome as a failed authentication attempt. */
export const unmetAcr = () =>
  new OAuthError('unmet_authentication_requirements', 'the user could not authenticate as acr requires.');
