/** POST /social-login/:id: sends the user to the identity provider (OpenID Connect Core §3.1.2.1). */
import type { Context } from 'hono';
import { checkBrowserForm } from '../accounts/browser-cookie.ts';
import { openContinuation, type SignInContinuation } from '../accounts/sign-in-continuation.ts';
import { signInPage } from '../accounts/sign-in-page.tsx';
import { cookiesOffPage, expiredPage } from '../accounts/sign-in-problems.tsx';
import { readForm } from '../http/body.ts';
import type { Deps, Web } from '../http/context.ts';
import { createAuthorizationRequest } from '../oauth-client/authorization-request.ts';
import type { Flow } from '../oauth-client/flow.ts';
import { writeFlow } from '../oauth-client/flow-cookie.ts';
import { ProviderFailure } from '../oauth-client/provider-failure.ts';
import type { UserId } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { findSocialLogin, findSocialLoginFromPrimary, type SocialLogin } from '../storage/providers/social-logins.ts';
import { textsOf } from '../ui/locale.ts';
import { writeContinuation } from './continuation-cookie.ts';
import { providerClientOfLogin, scopesOfLogin } from './login-client.ts';
import { signInProblemPage } from './pages.tsx';
import { provesReauthentication, sendsIdToken } from './reauthentication.ts';
import { unavailableReason } from './requirements.ts';

export async function beginSocialLogin(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const continuation = await openContinuation(deps, sealed);
  if (continuation === 'expired') return expiredPage(c);
  // The form belongs to this browser: another site cannot start a sign-in with an account of its own.
  const browser = checkBrowserForm(c, form);
  if (browser === 'no cookie') return cookiesOffPage(c);
  if (browser === 'foreign')
    return signInPage(c, { sealed, place: continuation, error: textsOf(c, 'fields').staleForm });
  const login = await availableLogin(deps, c.req.param('id') ?? '');
  if (continuation?.ask === 'fresh' && !provesReauthentication(login))
    return signInProblemPage(c, {
      login,
      sealed,
      failure: textsOf(c, 'socialLogin').fresh.cannot(login.description.name),
    });
  return redirectToProvider(c, login, {
    sealed,
    hints: authenticationHints(login, continuation),
    reauthentication: reauthenticationOf(continuation),
  });
}

/** The hints of the request to this server, passed on to the provider (OpenID Connect Core §3.1.2.1). */
export function authenticationHints(
  login: SocialLogin,
  continuation: SignInContinuation | undefined,
): Record<string, string> {
  const isReauthentication = reauthenticationOf(continuation) !== undefined;
  const prompts = [
    ...(continuation?.ask === 'choice' ? ['select_account'] : []),
    ...(isReauthentication ? ['login'] : []),
  ];
  const maxAge = isReauthentication ? reauthenticationMaxAge(login) : continuation?.maxAge;
  return {
    ...(prompts.length > 0 && { prompt: prompts.join(' ') }),
    // With max_age, auth_time is REQUIRED in the id_token.
    ...(maxAge !== undefined && sendsIdToken(login) && { max_age: String(maxAge) }),
    ...(continuation?.hint && { login_hint: continuation.hint }),
  };
}

/**
 * The `max_age` of a reauthentication, beside prompt=login: it makes auth_time REQUIRED. Never 0, which some providers
 * refuse (Glewlwyd) and others read as none; left out where no proof is required.
 */
const reauthenticationMaxAge = ({ description }: SocialLogin) => (description.trust_fresh ? undefined : 1);

/** The same hints without `max_age`, for a provider that does not support it. */
export function withoutMaxAge({ max_age: _, ...others }: Record<string, string>): Record<string, string> {
  return others;
}

/** The reauthentication that a continuation asks for. OpenID Connect Core §3.1.2.1: max_age=0 is prompt=login. */
export function reauthenticationOf(continuation: SignInContinuation | undefined): Flow['reauthentication'] {
  if (continuation?.ask === 'fresh') return 'required';
  return continuation?.maxAge === 0 ? 'requested' : undefined;
}

/** The social login. @throws OAuthError not_found for one that the sign-in page does not show. */
export async function availableLogin({ databases, moment, config }: Deps, id: string): Promise<SocialLogin> {
  const near = await findSocialLogin(databases, id, moment.now);
  if (near && unavailableReason(near, config) === undefined) return near;
  const login = near && (await findSocialLoginFromPrimary(databases, id));
  if (login && unavailableReason(login, config) === undefined) return login;
  throw new OAuthError('not_found', 'there is no such social login.');
}

/** The purpose of the flow, to which the answer of the provider must belong. */
export const purposeOf = ({ id }: SocialLogin) => `sign in ${id}`;

type SignInRequest = {
  /** The sealed continuation of the sign-in. */
  sealed: string | undefined;
  hints?: Record<string, string>;
  reauthentication?: Flow['reauthentication'] | undefined;
  /** The signed-in user who links an identity. */
  user?: UserId;
};

export async function redirectToProvider(
  c: Context<Web>,
  login: SocialLogin,
  { sealed, hints = {}, reauthentication, user }: SignInRequest,
): Promise<Response> {
  const deps = c.get('deps');
  const scopes = [...scopesOfLogin(login)];
  const sentMaxAge = hints.max_age !== undefined;
  const optional = { ...(user && { user }), ...(reauthentication && { reauthentication }) };
  const request = { ...optional, purpose: purposeOf(login), scopes, returnTo: '', sentMaxAge };
  try {
    const { url, flow } = await createAuthorizationRequest(
      deps,
      await providerClientOfLogin(deps, login, hints),
      request,
    );
    await writeFlow(c, flow);
    writeContinuation(c, flow.state, sealed);
    return c.redirect(url, 303);
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    if (error.code === 'invalid_request' && sentMaxAge)
      return redirectToProvider(c, login, {
        sealed,
        hints: withoutMaxAge(hints),
        reauthentication,
        ...(user && { user }),
      });
    return signInProblemPage(c, { login, sealed, failure: error });
  }
}
