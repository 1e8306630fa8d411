/**
 * GET and POST /end-session (OpenID Connect RP-Initiated Logout §2). The user always confirms, so that no foreign link signs
 * them out, and is redirected only to a registered post_logout_redirect_uri. With an invalid request the user can still
 * sign out, without redirect.
 */
import type { Context } from 'hono';
import { currentSession } from '../../accounts/current-session.ts';
import { endCurrentSession } from '../../accounts/session.ts';
import { signedOutPage } from '../../accounts/sign-out.tsx';
import { readForm } from '../../http/body.ts';
import type { Web } from '../../http/context.ts';
import { checkFormToken, formToken } from '../../http/csrf.ts';
import { ENDPOINTS } from '../../protocol/endpoints.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { appendQuery } from '../../protocol/redirect-uri.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import { ClientName } from '../clients/client-name.tsx';
import { withSealedHint } from '../id-token-hint.ts';
import { type EndSessionRequest, logInvalidRequest, readEndSessionRequest } from './end-session-request.ts';
import { openPostLogoutRedirect, type PostLogoutRedirect, sealPostLogoutRedirect } from './post-logout-redirect.ts';

export const CONFIRM_END_SESSION = `${ENDPOINTS.end_session_endpoint}/confirm`;

/** §2: OPs MUST support GET and POST. A cross-site POST has no Lax cookie; the redirected GET has it. */
export async function endSessionByPost(c: Context<Web>) {
  try {
    const form = await withSealedHint(c.get('deps'), await readForm(c, 'unsupported_media_type'));
    return c.redirect(`${ENDPOINTS.end_session_endpoint}?${form.toString()}`, 303);
  } catch (error) {
    logInvalidRequest(c, error);
    return c.redirect(ENDPOINTS.end_session_endpoint, 303);
  }
}

export async function showEndSession(c: Context<Web>) {
  const request = await readEndSessionRequest(c, new URL(c.req.url).search.slice(1));
  const signedIn = await currentSession(c);
  // No session: nothing to confirm.
  if (!signedIn) return redirectAfterLogout(c, request.back);
  return confirmationPage(c, { ...request, signedIn });
}

async function confirmationPage(c: Context<Web>, request: EndSessionRequest & { signedIn: SignedIn }) {
  const { client, hint, back, isInvalid } = request;
  const { user, session } = request.signedIn;
  const deps = c.get('deps');
  const texts = textsOf(c, 'endSession');
  return page(
    c,
    { title: texts.title, signedInAs: user.name, formsRedirectOut: true },
    <>
      <h1>{texts.question}</h1>
      {client && <p>{texts.asks(<ClientName client={client} />)}</p>}
      {isInvalid && <p class="notice">{texts.noReturn}</p>}
      {hint && hint.sub !== user.id && <p class="notice">{texts.anotherAccount}</p>}
      <p>
        {texts.signedInAs(user.email)} {texts.told}
      </p>
      <form class="stack" method="post" action={CONFIRM_END_SESSION}>
        <HiddenFields formToken={formToken(deps, session.id)} />
        <input type="hidden" name="return" value={await sealPostLogoutRedirect(deps, back)} />
        <div class="actions">
          <button type="submit" name="decision" value="sign-out">
            {texts.submit}
          </button>
          <button type="submit" name="decision" value="stay" class="secondary">
            {texts.stay}
          </button>
        </div>
      </form>
    </>,
  );
}

export async function confirmEndSession(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  const back = await openPostLogoutRedirect(c.get('deps'), form.required('return'));
  if (!back) throw new OAuthError('invalid_request', 'this form was not issued by this server, or is incomplete.');
  const signedIn = await currentSession(c);
  if (signedIn) {
    checkFormToken(c.get('deps'), signedIn.session.id, form);
    if (form.one('decision') !== 'sign-out') return stillSignedInPage(c, signedIn, back);
    const deps = c.get('deps');
    const atProvider = await deps.providerSignOut(signedIn.session, await sealPostLogoutRedirect(deps, back));
    await endCurrentSession(c);
    if (atProvider) return c.body(null, 303, { Location: atProvider.url, 'Cache-Control': 'no-store' });
  }
  return redirectAfterLogout(c, back);
}

/** The post_logout_redirect_uri with `state` (§3). */
function redirectUrlOf({ uri, state }: PostLogoutRedirect): string | undefined {
  if (uri === undefined || state === undefined) return uri;
  return appendQuery(uri, { state });
}

/** Redirects to the post_logout_redirect_uri, or shows the link. */
export function redirectAfterLogout(c: Context<Web>, back: PostLogoutRedirect) {
  const address = redirectUrlOf(back);
  c.header('Cache-Control', 'no-store');
  if (address !== undefined && back.atOnce) return c.body(null, 303, { Location: address });
  return signedOutPage(c, address);
}

function stillSignedInPage(c: Context<Web>, { user }: SignedIn, back: PostLogoutRedirect) {
  const address = redirectUrlOf(back);
  const texts = textsOf(c, 'endSession').stayed;
  return page(
    c,
    { title: texts.title, signedInAs: user.name },
    <>
      <h1>{texts.heading}</h1>
      <p>{texts.what}</p>
      <div class="actions">
        {address && (
          <a class="button" href={address}>
            {texts.back}
          </a>
        )}
        <a class={address ? 'button secondary' : 'button'} href="/account">
          {texts.account}
        </a>
      </div>
    </>,
  );
}
