/** POST /social-login/:id: somebody wants to sign in with an account elsewhere, and is sent there. */
import type { Context } from 'hono';
import { begin } from '../client/begin.ts';
import { keepFlow } from '../client/flow-cookie.ts';
import { ProviderFailure } from '../client/provider-failure.ts';
import { judgeBrowserForm } from '../identity/browser-cookie.ts';
import { openPlace, type Place } from '../identity/place.ts';
import { cookiesOffPage, expiredPage, signInPage } from '../identity/sign-in-page.tsx';
import type { PersonId } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { findSocialLogin, findSocialLoginLatest, type SocialLogin } from '../storage/social-logins.ts';
import { readForm } from '../web/body.ts';
import type { Deps, Web } from '../web/context.ts';
import { wordsOf } from '../web/words.ts';
import { freshHints, provesFresh } from './fresh.ts';
import { troublePage } from './pages.tsx';
import { keepPlace } from './place-cookie.ts';
import { partyOf, scopesOf, whyNotShown } from './record.ts';

export async function beginSignIn(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const place = await openPlace(deps, sealed);
  if (place === 'expired') return expiredPage(c);
  // A form of this browser: nobody else can make it sign in as somebody else.
  const browser = judgeBrowserForm(c, form);
  if (browser === 'no cookie') return cookiesOffPage(c);
  if (browser === 'foreign') return signInPage(c, { sealed, place, error: wordsOf(c, 'fields').staleForm });
  const login = await usableLogin(deps, c.req.param('id') ?? '');
  const fresh = place?.ask === 'fresh';
  if (fresh && !provesFresh(login))
    return troublePage(c, { login, sealed, failure: wordsOf(c, 'socialLogin').fresh.cannot(login.description.name) });
  return goThere(c, login, { sealed, hints: hintsOf(login, place), fresh });
}

/** OpenID Connect Core §3.1.2.1: what is asked of the person here is asked of them there. */
function hintsOf(login: SocialLogin, place: Place | undefined): Record<string, string> {
  const asked: Record<Place['ask'], Record<string, string>> = {
    any: {},
    fresh: freshHints(login),
    choice: { prompt: 'select_account' },
  };
  return { ...asked[place?.ask ?? 'any'], ...(place?.hint && { login_hint: place.hint }) };
}

/** @throws OAuthError not_found for one that the sign-in page does not show. */
export async function usableLogin({ databases, moment, config }: Deps, id: string): Promise<SocialLogin> {
  const near = await findSocialLogin(databases, id, moment.now);
  if (near && whyNotShown(near, config) === undefined) return near;
  const login = near && (await findSocialLoginLatest(databases, id));
  if (login && whyNotShown(login, config) === undefined) return login;
  throw new OAuthError('not_found', 'nobody signs in with that here.');
}

/** What the answer of the provider must belong to. */
export const purposeOf = ({ id }: SocialLogin) => `sign in ${id}`;

type Journey = {
  /** Where to go on afterwards. */
  sealed: string | undefined;
  hints?: Record<string, string>;
  fresh?: boolean;
  /** Who links an account, where somebody is signed in already. */
  person?: PersonId;
};

export async function goThere(
  c: Context<Web>,
  login: SocialLogin,
  { sealed, hints = {}, fresh = false, person }: Journey,
) {
  const deps = c.get('deps');
  const scopes = [...scopesOf(login)];
  const asked = { purpose: purposeOf(login), scopes, goOn: '', ...(person && { person }), ...(fresh && { fresh }) };
  try {
    const { url, flow } = await begin(deps, await partyOf(deps, login, hints), asked);
    await keepFlow(c, flow);
    keepPlace(c, flow.state, sealed);
    return c.redirect(url, 303);
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    return troublePage(c, { login, sealed, failure: error });
  }
}
