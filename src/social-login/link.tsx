/**
 * Linking of an identity, after the user has confirmed which one it is. A user whose address has an account here signs
 * in to that account first. The pending link is sealed for this browser and this account alone.
 */
import type { Context } from 'hono';
import { currentSession } from '../accounts/current-session.ts';
import { needsReauthentication, reauthenticationMaxAge } from '../accounts/require-session.ts';
import { openContinuation, signInAddress } from '../accounts/sign-in-continuation.ts';
import { notifyOwner } from '../http/account-notice.ts';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { checkFormToken, formToken } from '../http/csrf.ts';
import { parseParameters } from '../http/parameters.ts';
import { SIGN_IN_METHODS_PAGE, socialLoginLinkPath } from '../protocol/social-login.ts';
import type { SocialLogin } from '../storage/providers/social-logins.ts';
import { linkIdentity } from '../storage/users/link-identity.ts';
import type { SignedIn } from '../storage/users/signed-in.ts';
import type { User } from '../storage/users/users.ts';
import { DescriptionList, ErrorMessage } from '../ui/components.tsx';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';
import { identityOf } from './account-matching.ts';
import { availableLogin } from './authorization-request.tsx';
import { identityTakenPage, signInProblemPage } from './pages.tsx';
import { confirmationPath, openPending, type Pending, sealPending } from './pending-link.ts';
import type { ProviderProfile } from './profile.ts';

/** Characters. A longer continuation does not fit the address and is dropped. */
const MAX_CONTINUATION = 2000;

/**
 * The page that asks a signed-in user to confirm an identity. The provider may have used the session of another account
 * of this browser.
 * @param saveAddress stores the address of the page in the flow.
 */
export async function confirmLinkPage(
  c: Context<Web>,
  login: SocialLogin,
  profile: ProviderProfile,
  signedIn: SignedIn,
  saveAddress: (address: string) => Promise<void>,
) {
  const sealed = await sealPending(c, login, profile, signedIn.user, undefined);
  await saveAddress(confirmationPath(login, sealed));
  return linkPage(c, login, signedIn, profile, sealed);
}

export async function signInToLinkPage(
  c: Context<Web>,
  login: SocialLogin,
  profile: ProviderProfile,
  user: User,
  sealed: string | undefined,
) {
  const deps = c.get('deps');
  const opened = await openContinuation(deps, sealed);
  const to = opened && opened !== 'expired' && opened.to.length <= MAX_CONTINUATION ? opened.to : undefined;
  const { email } = user;
  const continuation = {
    to: confirmationPath(login, await sealPending(c, login, profile, user, to)),
    ask: 'any',
    ...reauthenticationMaxAge('link-account'),
    hint: email,
  } as const;
  const texts = textsOf(c, 'socialLogin').prove;
  return page(
    c,
    { title: texts.title },
    <>
      <h1>{texts.title}</h1>
      <p>{texts.what(email)}</p>
      <p>{texts.why(login.description.name)}</p>
      <div class="actions">
        <a class="button" href={await signInAddress(deps, continuation)}>
          {texts.submit}
        </a>
      </div>
    </>,
  );
}

/** GET /social-login/:id/link */
export async function showLink(c: Context<Web>) {
  const deps = c.get('deps');
  const { pathname, search } = new URL(c.req.url);
  const login = await availableLogin(deps, c.req.param('id') ?? '');
  const sealed = parseParameters(search.slice(1)).one('pending') ?? '';
  const pending = await openPending(c, login, sealed);
  if (!pending) return signInProblemPage(c, { login, failure: textsOf(c, 'socialLogin').link.tooOld });
  const signedIn = await currentSession(c);
  const here = pathname + search;
  if (!signedIn) {
    const continuation = {
      to: here,
      ask: 'any',
      hint: pending.email,
      ...reauthenticationMaxAge('link-account'),
    } as const;
    return c.redirect(await signInAddress(deps, continuation), 303);
  }
  if (signedIn.user.id !== pending.user) {
    return wrongUserPage(c, signedIn, await signInAddress(deps, { to: here, ask: 'choice', hint: pending.email }));
  }
  if (needsReauthentication(deps, signedIn, 'link-account'))
    return c.redirect(await signInAddress(deps, { to: here, ask: 'fresh', hint: pending.email }), 303);
  return linkPage(c, login, signedIn, pending, sealed);
}

/** POST /social-login/:id/link */
export async function confirmLink(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const login = await availableLogin(deps, c.req.param('id') ?? '');
  const signedIn = await currentSession(c);
  const sealed = form.one('pending') ?? '';
  const pending = await openPending(c, login, sealed);
  const texts = textsOf(c, 'socialLogin');
  if (!signedIn || signedIn.user.id !== pending?.user)
    return signInProblemPage(c, { login, failure: texts.link.tooOld });
  checkFormToken(deps, signedIn.session.id, form);
  if (needsReauthentication(deps, signedIn, 'link-account')) return c.redirect(confirmationPath(login, sealed), 303);
  const { user } = signedIn;
  const identity = identityOf(login, pending, user);
  const known = await linkIdentity(deps.databases, deps.moment, `user:${user.id}`, identity);
  if (!known) return signInProblemPage(c, { login, failure: texts.full });
  if (known.user.id !== user.id) return identityTakenPage(c, login, SIGN_IN_METHODS_PAGE);
  // A form sent twice links and notifies once.
  if (known.identity.id === identity.id) {
    notifyOwner(deps, user, 'account-linked', login.description.name);
  }
  return c.redirect(pending.to ?? `${SIGN_IN_METHODS_PAGE}?done=account-linked`, 303);
}

function linkPage(
  c: Context<Web>,
  login: SocialLogin,
  { user, session }: SignedIn,
  pending: Pick<Pending, 'account' | 'subject' | 'to'>,
  sealed: string,
) {
  const { name } = login.description;
  const texts = textsOf(c, 'socialLogin').link;
  return page(
    c,
    { title: texts.title(name), signedInAs: user.name, formsRedirectOut: true },
    <>
      <h1>{texts.title(name)}</h1>
      <p>{texts.what(name, pending.account ?? pending.subject)}</p>
      <DescriptionList facts={[[texts.to, user.email]]} />
      <form class="stack" method="post" action={socialLoginLinkPath(login.id)}>
        <input type="hidden" name="form_token" value={formToken(c.get('deps'), session.id)} />
        <input type="hidden" name="pending" value={sealed} />
        <div class="actions">
          <button type="submit">{texts.submit}</button>
          <a class="button secondary" href={pending.to ?? SIGN_IN_METHODS_PAGE}>
            {texts.notNow}
          </a>
        </div>
      </form>
    </>,
  );
}

function wrongUserPage(c: Context<Web>, { user }: SignedIn, other: string) {
  const { link: texts, prove } = textsOf(c, 'socialLogin');
  return page(
    c,
    { title: prove.title, status: 403, signedInAs: user.name },
    <>
      <h1>{prove.title}</h1>
      <ErrorMessage>{texts.wrongUser(user.email)}</ErrorMessage>
      <div class="actions">
        <a class="button" href={other}>
          {texts.another}
        </a>
        <a class="button secondary" href="/account">
          {textsOf(c, 'error').toAccount}
        </a>
      </div>
    </>,
  );
}
