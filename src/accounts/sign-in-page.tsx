/** The sign-in page. */
import type { Context } from 'hono';
import type { SignInButton, Web } from '../http/context.ts';
import { canDeliverMail } from '../http/mail.ts';
import type { Texts } from '../locales/index.ts';
import { AccountRow } from '../ui/account-row.tsx';
import { ErrorMessage } from '../ui/components.tsx';
import { HiddenFields, SHOW_PASSWORD_SCRIPT } from '../ui/fields.tsx';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';
import { ensureBrowserCookie } from './browser-cookie.ts';
import { currentSession } from './current-session.ts';
import { MAIL_CODE, offersMailCode } from './mail-code.ts';
import { requestPasskey } from './passkeys/ceremony.ts';
import { PASSKEY_SCRIPT, PasskeyForm } from './passkeys/form.tsx';
import { isAdministratorOnly, offersPasswordSignIn } from './password-policy.ts';
import type { SignInContinuation } from './sign-in-continuation.ts';
import { SignInMethodForms } from './sign-in-method-forms.tsx';
import { PasswordForm, PasswordLinks } from './sign-in-password-form.tsx';

export const PASSKEY_SIGN_IN = '/sign-in/passkey';

export const MAIL_REAUTHENTICATION_LINK = '/sign-in/mail';

export type SignInPage = {
  sealed: string | undefined;
  place: SignInContinuation | undefined;
  email?: string | undefined;
  error?: string;
  other?: { name: string; email: string; to: string } | undefined;
};

export async function signInPage(c: Context<Web>, { sealed, place, email, error, other }: SignInPage) {
  const deps = c.get('deps');
  const [settings, methods] = await Promise.all([deps.settings(), deps.signInMethods()]);
  const withPassword = offersPasswordSignIn(deps, settings);
  const [fit, unfit] = place?.ask === 'fresh' ? splitByReauthentication(methods) : [methods, []];
  // A signed-in user can reauthenticate with a mailed link, which needs no other sign-in method.
  const signedIn = place?.ask === 'fresh' ? await currentSession(c) : undefined;
  const mayMail = canDeliverMail(deps, settings);
  const browser = ensureBrowserCookie(c);
  const challenge = await requestPasskey(deps, browser.id);
  const scripts = [PASSKEY_SCRIPT, ...(withPassword ? [SHOW_PASSWORD_SCRIPT] : [])];
  const query = sealed ? `?continue=${sealed}` : '';
  const [texts, fields] = [textsOf(c, 'signIn'), textsOf(c, 'fields')];
  return page(
    c,
    { title: texts.title, status: error ? 400 : 200, formsRedirectOut: true, again: `/sign-in${query}`, scripts },
    <>
      <div class="topic">
        <h1>{texts.title}</h1>
        {place?.asker && <RequesterNotice {...place.asker} texts={texts} />}
      </div>
      <ErrorMessage>{error}</ErrorMessage>
      {place?.ask === 'fresh' && !error && <p class="notice">{texts.again}</p>}
      {other && <SwitchUser {...other} texts={texts} />}
      {unfit.length > 0 && <p class="fine">{texts.notFresh(unfit.map(({ name }) => name))}</p>}
      <PasskeyForm
        kind="get"
        action={PASSKEY_SIGN_IN}
        challenge={challenge}
        label={texts.passkey.submit}
        failed={texts.passkey.failed}
        copyHiddenFrom="password-form"
      />
      <SignInMethodForms methods={fit} formToken={browser.formToken} place={sealed} continueWith={texts.continueWith} />
      {withPassword && <p class={fit.length > 0 ? 'or' : 'or with-script'}>{texts.or}</p>}
      {isAdministratorOnly(deps, settings) && <p class="notice">{texts.onlyAdministrator}</p>}
      <PasswordForm
        isShown={withPassword}
        email={email}
        formToken={browser.formToken()}
        continuation={sealed}
        submit={texts.submit}
        fields={fields}
      />
      {signedIn && mayMail && (
        <form class="stack way" method="post" action={MAIL_REAUTHENTICATION_LINK}>
          <HiddenFields formToken={browser.formToken()} continuation={sealed} />
          <button type="submit" class="secondary">
            {texts.mailed.ask(signedIn.user.email)}
          </button>
        </form>
      )}
      {signedIn && !mayMail && <p class="fine">{texts.notFreshNoMail}</p>}
      {offersMailCode(deps, settings) && (
        <div class="ends">
          <a href={`${MAIL_CODE}${query}`}>{texts.code.ask}</a>
        </div>
      )}
      {settings.password_sign_in && (
        <PasswordLinks recovers={mayMail} signsUp={settings.sign_up === 'allow'} query={query} texts={texts} />
      )}
    </>,
  );
}

/** Splits the identity providers by support of reauthentication. */
const splitByReauthentication = (methods: SignInButton[]) =>
  [
    methods.filter(({ canReauthenticate }) => canReauthenticate),
    methods.filter(({ canReauthenticate }) => !canReauthenticate),
  ] as const;

/** Names the client that sent the user, before they enter credentials. */
function RequesterNotice({ name, host, texts }: { name: string; host: string; texts: Texts['signIn'] }) {
  const [who, asks] = texts.asker(<bdi>{name}</bdi>, host);
  return (
    <p>
      <strong>{who}</strong>
      {asks}
    </p>
  );
}

/** The user who is signed in, in place of the requested one, and the link that continues as that user. */
function SwitchUser({ name, email, to, texts }: { name: string; email: string; to: string; texts: Texts['signIn'] }) {
  return (
    <>
      <AccountRow name={name}>{texts.signedInAs(email)}</AccountRow>
      <div class="actions">
        <a class="button" href={to}>
          {texts.continueAs(name)}
        </a>
      </div>
      <p class="or">{texts.another}</p>
    </>
  );
}
