/** The answer to a validated authorization request, by the session and the consent of the user. */
import type { Context } from 'hono';
import { signInAddress } from '../../accounts/sign-in-continuation.ts';
import type { Web } from '../../http/context.ts';
import { ACR_VALUES, needsCode, prefersCode } from '../../protocol/acr.ts';
import { AMR_PASSWORD } from '../../protocol/amr.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { isUserAllowed, requestingClientOf } from '../clients/client.ts';
import { awaitsApproval } from '../clients/client-approval.ts';
import { sendAuthorizationResponse } from './authorization-response.ts';
import { issueCode } from './issue-code.ts';
import { rememberedConsent } from './remembered-consent.ts';
import { requiredInteraction, unmetAcr } from './required-interaction.ts';
import type { RedirectTarget } from './response-modes.ts';
import { resumeUrl } from './resume-request.ts';
import type { AuthorizationRequest } from './validate-request.ts';

export type ValidatedRequest = {
  target: RedirectTarget;
  request: AuthorizationRequest;
  signedIn: SignedIn | undefined;
  /** Time of the original request, where the user returns from the sign-in page. */
  requestedAt: number | undefined;
  query: string;
};

/** Requires, in this order: a session, recent authentication, a role of the client, consent. The first missing one decides. */
export async function authorizeUser(
  c: Context<Web>,
  { target, request, signedIn, requestedAt, query }: ValidatedRequest,
) {
  const deps = c.get('deps');
  const silent = request.prompts.includes('none');
  checkAcr(request.neededAcr, ACR_VALUES);
  const needsFactor = target.client.requireSecondFactor || needsCode(request.neededAcr);
  const ask = requiredInteraction(deps, { ...request, needsFactor }, signedIn, requestedAt);
  if (!signedIn || ask) {
    // OpenID Connect Core §3.1.2.1: none: the server MUST NOT display any authentication or consent pages.
    if (silent) throw new OAuthError('login_required', 'the user is not signed in, or not recently enough.');
    const to = await resumeUrl(deps, query);
    const place = {
      to,
      ask: ask ?? 'any',
      hint: request.loginHint,
      asker: requestingClientOf(target),
      maxAge: maxAgeOf(request),
      ...(needsFactor && { factor: true }),
      ...(prefersCode(AMR_PASSWORD, request.acr) && { now: true }),
    };
    return c.redirect(await signInAddress(deps, place), 303);
  }
  if (!isUserAllowed(target.client, signedIn.user)) {
    if (silent) throw new OAuthError('access_denied', 'the user may not use this application.');
    const { userNotAllowedPage } = await import('./user-not-allowed-page.tsx');
    return userNotAllowedPage(c, target, signedIn, await resumeUrl(deps, query));
  }
  if (await awaitsApproval(deps, target.client)) {
    if (silent) throw new OAuthError('access_denied', 'an administrator has not approved this application yet.');
    const { waitingPage } = await import('./waiting-page.tsx');
    return waitingPage(c, target.client, signedIn);
  }
  const settings = await deps.settings();
  const remembered = await rememberedConsent(deps, settings, target, request, signedIn);
  if (remembered.consentRequired === undefined) {
    const approved = { ...request, displayHash: remembered.displayHash };
    const code = await issueCode(deps, settings, target, approved, signedIn, deps.moment.requestId);
    return sendAuthorizationResponse(c, target, { code });
  }
  if (silent) throw new OAuthError('consent_required', remembered.consentRequired);
  const { showConsent } = await import('./consent.tsx');
  return showConsent(c, { target, request, signedIn, restart: await resumeUrl(deps, query) });
}

/** The maximum authentication age in seconds, which is also requested from identity providers. */
const maxAgeOf = ({ prompts, maxAge }: AuthorizationRequest): number | undefined =>
  prompts.includes('login') ? 0 : maxAge;

/** Refuses an unsupported acr before sign-in. */
function checkAcr(needed: string[], reachable: string[]): void {
  if (needed.length > 0 && !needed.some((acr) => reachable.includes(acr))) throw unmetAcr();
}
