/** GET /social-login/:id/callback: the provider's answer (OpenID Connect Core §3.1.2.5) signs the user in or links an identity. */
import type { Context } from 'hono';
import { redirectOnward } from '../accounts/complete-sign-in.ts';
import { currentSession } from '../accounts/current-session.ts';
import { openContinuation } from '../accounts/sign-in-continuation.ts';
import { expiredPage } from '../accounts/sign-in-problems.tsx';
import { sha256 } from '../crypto/digest.ts';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { parseParameters } from '../http/parameters.ts';
import {
  AnswerAlreadyUsed,
  isRefusalWithoutState,
  processAuthorizationResponse,
  refusalWithoutState,
} from '../oauth-client/authorization-response.ts';
import type { Flow } from '../oauth-client/flow.ts';
import { dropFlow, onlyPendingFlow, readFlow } from '../oauth-client/flow-cookie.ts';
import { ProviderFailure } from '../oauth-client/provider-failure.ts';
import type { SocialLogin } from '../storage/providers/social-logins.ts';
import { textsOf } from '../ui/locale.ts';
import {
  authenticationHints,
  availableLogin,
  purposeOf,
  reauthenticationOf,
  redirectToProvider,
  withoutMaxAge,
} from './authorization-request.tsx';
import { dropContinuation, readContinuation } from './continuation-cookie.ts';
import { providerClientOfLogin } from './login-client.ts';
import { signInProblemPage } from './pages.tsx';
import { readProfile } from './profile.ts';
import { authTimeOf, reauthenticationProblem } from './reauthentication.ts';
import { proceedToLink, signInAs } from './sign-in-result.ts';

export async function signInCallback(c: Context<Web>) {
  const deps = c.get('deps');
  const answer = parseParameters(new URL(c.req.url).search.slice(1));
  // RFC 6749 §3.1: Request and response parameters MUST NOT be included more than once.
  answer.refuseDuplicates();
  const login = await availableLogin(deps, c.req.param('id') ?? '');
  const query = new URLSearchParams(answer.toString());
  const flow = await readFlow(c, purposeOf(login), answer.one('state') ?? '');
  if (!flow) return answerWithoutFlow(c, login, query);
  const sealed = readContinuation(c, flow.state);
  if (flow.isCompleted) return handleRepeatedAnswer(c, login, flow, sealed);
  try {
    const { who: profile, authTime } = await readUser(c, login, flow, query);
    if (flow.user !== undefined) return await proceedToLink(c, login, profile, { ...flow, user: flow.user });
    return await signInAs(c, login, profile, { authTime, flow, sealed });
  } catch (error) {
    // The same answer was sent twice: the cookies belong to the other request.
    if (error instanceof AnswerAlreadyUsed) return handleRepeatedAnswer(c, login, flow, sealed);
    dropFlow(c, flow);
    dropContinuation(c, flow.state);
    if (!(error instanceof ProviderFailure)) throw error;
    if (flow.sentMaxAge && error.code === 'invalid_request') return retryWithoutMaxAge(c, login, flow, sealed);
    return signInProblemPage(c, { login, sealed, failure: error });
  }
}

/** Sends the request once more without `max_age`, for a provider that refuses it. */
async function retryWithoutMaxAge(c: Context<Web>, login: SocialLogin, flow: Flow, sealed: string | undefined) {
  const continuation = await openContinuation(c.get('deps'), sealed);
  if (continuation === 'expired') return expiredPage(c);
  const hints = withoutMaxAge(authenticationHints(login, continuation));
  return redirectToProvider(c, login, {
    sealed,
    hints,
    reauthentication: reauthenticationOf(continuation) ?? flow.reauthentication,
  });
}

/** The answer whose `state` no flow of this browser has: a refusal may still belong to the only pending flow. */
async function answerWithoutFlow(c: Context<Web>, login: SocialLogin, answer: URLSearchParams) {
  const waiting = isRefusalWithoutState(answer) ? await onlyPendingFlow(c, purposeOf(login)) : undefined;
  if (!waiting) return signInProblemPage(c, { login, failure: textsOf(c, 'socialLogin').trouble.notBegun });
  const sealed = readContinuation(c, waiting.state);
  try {
    const refusal = refusalWithoutState(await providerClientOfLogin(c.get('deps'), login), waiting, answer);
    return signInProblemPage(c, { login, sealed, failure: refusal ?? textsOf(c, 'socialLogin').trouble.notBegun });
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    return signInProblemPage(c, { login, sealed, failure: error });
  }
}

/** The same answer again: the user it signed in continues, and no code is exchanged twice. */
async function handleRepeatedAnswer(c: Context<Web>, login: SocialLogin, flow: Flow, sealed: string | undefined) {
  const signedIn = await currentSession(c);
  const isOwnFlow = signedIn && flow.user === signedIn.user.id;
  if (isOwnFlow && flow.isCompleted) return c.redirect(flow.returnTo, 303);
  if (signedIn && signedIn.session.upstreamStateHash === sha256(flow.state))
    return redirectOnward(c, signedIn.user, { sealed });
  return signInProblemPage(c, { login, sealed, failure: textsOf(c, 'socialLogin').trouble.usedBefore });
}

async function readUser(c: Context<Web>, login: SocialLogin, flow: Flow, answer: URLSearchParams) {
  const deps = c.get('deps');
  const client = await providerClientOfLogin(deps, login);
  const redeemed = await processAuthorizationResponse(deps, client, flow, answer);
  const { now } = deps.moment;
  const problem = reauthenticationProblem(login, flow, redeemed.claims, now);
  if (problem) throw new ProviderFailure('refused', textsOf(c, 'socialLogin').fresh[problem](login.description.name));
  const profile = await readProfile(deps, login, client, redeemed, answer);
  return { who: profile, authTime: authTimeOf(login, flow, redeemed.claims, now) };
}

/**
 * An answer by POST comes from another site, without our cookies: it comes again by GET (`response_mode=form_post`).
 * RFC 9700 §4.11: 303, so that no browser sends the form on.
 */
export async function signInCallbackByPost(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  return c.redirect(`${new URL(c.req.url).pathname}?${form}`, 303);
}
