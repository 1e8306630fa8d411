/**
 * Sign-out at the identity provider (OpenID Connect RP-Initiated Logout 1.0 §2), as its client. The provider is told the
 * client by `client_id`, without `id_token_hint`: no id_token of a user is stored for it.
 */
import type { Context } from 'hono';
import { currentSession } from '../accounts/current-session.ts';
import { redirectAfterLogout } from '../authorization-server/logout/end-session.tsx';
import { openPostLogoutRedirect } from '../authorization-server/logout/post-logout-redirect.ts';
import type { Deps, ProviderSignOut, SessionOrigin, Web } from '../http/context.ts';
import { ProviderFailure } from '../oauth-client/provider-failure.ts';
import { socialLoginSignedOutPath } from '../protocol/social-login.ts';
import { findSocialLogin } from '../storage/providers/social-logins.ts';
import { providerClientOfLogin } from './login-client.ts';
import { unavailableReason } from './requirements.ts';

/**
 * The logout request of the social login that began a session; undefined where none did, the record does not enable it, or the
 * provider has no endpoint for it or cannot be reached.
 * @param state returned with the user (RP-Initiated Logout §2).
 */
export async function providerSignOut(
  deps: Deps,
  { loginId }: SessionOrigin,
  state?: string,
): Promise<ProviderSignOut | undefined> {
  const login = loginId === null ? undefined : await findSocialLogin(deps.databases, loginId, deps.moment.now);
  if (!login?.description.sign_out_at_provider || unavailableReason(login, deps.config) !== undefined) return undefined;
  try {
    const { server, clientId } = await providerClientOfLogin(deps, login);
    if (!server.end_session_endpoint) return undefined;
    const url = new URL(server.end_session_endpoint);
    url.searchParams.set('client_id', clientId);
    url.searchParams.set('post_logout_redirect_uri', deps.config.issuer + socialLoginSignedOutPath(login.id));
    if (state !== undefined) url.searchParams.set('state', state);
    return { name: login.description.name, url: url.href };
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    return undefined;
  }
}

/** GET /social-login/:id/signed-out: the user returns, and continues to the client that began the logout, if one did. */
export async function returnSignedOut(c: Context<Web>) {
  if (await currentSession(c)) return c.redirect('/sign-out', 303);
  const back = await openPostLogoutRedirect(c.get('deps'), c.req.query('state') ?? '');
  return redirectAfterLogout(c, back ?? { atOnce: false });
}
