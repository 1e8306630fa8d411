/** The page of a one-time link: a new password, or another sign-in method while passwords are disabled. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import type { Texts } from '../locales/index.ts';
import type { User } from '../storage/users/users.ts';
import { Checkbox } from '../ui/choice-fields.tsx';
import { ErrorMessage } from '../ui/components.tsx';
import { HiddenFields, SHOW_PASSWORD_SCRIPT } from '../ui/fields.tsx';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';
import { problemPage } from '../ui/problem-page.tsx';
import { browserFormToken, ensureBrowserCookie } from './browser-cookie.ts';
import { LinkField } from './link-form.tsx';
import { NewPasswordForm } from './new-password-form.tsx';
import type { OneTimeLink } from './one-time-link.ts';
import { SignInMethodForms } from './sign-in-method-forms.tsx';

/** An opened link: its user, and the sign-in methods that it offers. */
export type OpenedLink = {
  link: OneTimeLink;
  text: string;
  user: User;
  withPassword: boolean;
  /** True where the user may have sessions, applications or API keys to revoke. */
  offersRevocation: boolean;
};

export function welcomePage(c: Context<Web>, opened: OpenedLink, error?: string) {
  if (!opened.withPassword) return signInMethodsPage(c, opened, error);
  const [texts, fields] = [textsOf(c, 'welcome'), textsOf(c, 'fields')];
  const { title, lead } = opened.link.again ? texts.again : texts;
  return page(
    c,
    { title, status: error ? 400 : 200, scripts: [SHOW_PASSWORD_SCRIPT] },
    <>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      <NewPasswordForm action="/welcome" fields={fields} problem={error} submit={texts.submit}>
        <HiddenFields formToken={browserFormToken(c)} />
        <LinkField link={opened.text} />
        <RevokeAllCheckbox shown={opened.offersRevocation} texts={texts} />
      </NewPasswordForm>
    </>,
  );
}

/** The option to revoke all access, for the recovery of a compromised account; on by default. */
function RevokeAllCheckbox({ shown, texts }: { shown: boolean; texts: Texts['welcome'] }) {
  return shown ? <Checkbox name="end_all" label={texts.endAll} hint={texts.endAllHint} checked /> : null;
}

/** The page while passwords are disabled. */
async function signInMethodsPage(c: Context<Web>, { text, user, offersRevocation }: OpenedLink, error?: string) {
  const texts = textsOf(c, 'welcome');
  const methods = await c.get('deps').signInMethods();
  const { formToken } = ensureBrowserCookie(c);
  return page(
    c,
    // The form of a provider redirects there.
    { title: texts.title, status: error ? 400 : 200, formsRedirectOut: true },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{error}</ErrorMessage>
      <p class="lead">{texts.methods.lead}</p>
      {methods.length > 0 && (
        <>
          <p>
            {texts.methods.byProvider} <strong>{user.email}</strong>
          </p>
          <SignInMethodForms methods={methods} formToken={formToken} continueWith={textsOf(c, 'signIn').continueWith} />
          <p class="or">{texts.methods.or}</p>
        </>
      )}
      <form class="stack" method="post" action="/welcome">
        <HiddenFields formToken={formToken()} />
        <LinkField link={text} />
        <RevokeAllCheckbox shown={offersRevocation} texts={texts} />
        <div class="actions">
          <button type="submit">{texts.methods.passkey}</button>
        </div>
        <p class="hint">{texts.methods.passkeyHint}</p>
      </form>
    </>,
  );
}

export function invalidWelcomeLinkPage(c: Context<Web>) {
  const { title, what, how } = textsOf(c, 'welcome').bad;
  return problemPage(c, { title, problem: what, advice: how((label) => <a href="/sign-in">{label}</a>) });
}
