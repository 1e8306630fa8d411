/** GET and POST /sign-in/second-factor: the code of the second factor, after the first one. */
import type { Context } from 'hono';
import { readForm } from '../../http/body.ts';
import type { Web } from '../../http/context.ts';
import { parseParameters } from '../../http/parameters.ts';
import type { Texts } from '../../locales/index.ts';
import type { User } from '../../storage/users/users.ts';
import { Checkbox } from '../../ui/choice-fields.tsx';
import { ErrorMessage } from '../../ui/components.tsx';
import { Field, HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import { checkBrowserForm, ensureBrowserCookie } from '../browser-cookie.ts';
import { CodeField } from '../code-field.tsx';
import { redirectOnward, withContinuation } from '../complete-sign-in.ts';
import { requestPasskey } from '../passkeys/ceremony.ts';
import { PASSKEY_SCRIPT, PasskeyForm } from '../passkeys/form.tsx';
import { PASSKEY_SIGN_IN } from '../sign-in-page.tsx';
import { waitPage } from '../sign-in-problems.tsx';
import { REMEMBER_BROWSER, rememberIfChosen } from './offer-remembering.ts';
import { SECOND_FACTOR_SIGN_IN } from './paths.ts';
import { findPendingUser, finishPendingSignIn, restartSignIn } from './pending-user.ts';
import { verifyCode } from './verify-code.ts';

export async function showSecondFactor(c: Context<Web>) {
  const sealed = parseParameters(new URL(c.req.url).search.slice(1)).one('continue');
  const found = await findPendingUser(c);
  return found?.user.secondFactorAt ? codePage(c, found.user, sealed) : restartSignIn(c, sealed);
}

export async function submitSecondFactor(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const found = await findPendingUser(c);
  if (!found?.user.secondFactorAt) return restartSignIn(c, sealed);
  const { pending, user } = found;
  if (checkBrowserForm(c, form) !== 'ours') return codePage(c, user, sealed, textsOf(c, 'fields').staleForm);
  const recovery = form.one('recovery_code')?.slice(0, 100);
  const entered = recovery === undefined ? { app: (form.one('code') ?? '').slice(0, 20) } : { recovery };
  const outcome = await verifyCode(c, user, entered);
  if (outcome.is === 'throttled') return waitPage(c, outcome.wait);
  if (outcome.is === 'wrong') {
    const { wrong, wrongRecovery } = textsOf(c, 'secondFactor').signIn;
    return codePage(c, user, sealed, 'app' in entered ? wrong : wrongRecovery);
  }
  await finishPendingSignIn(c, found);
  await rememberIfChosen(c, user, form);
  return redirectOnward(c, user, { sealed, to: pending.to });
}

async function codePage(c: Context<Web>, user: User, sealed: string | undefined, problem?: string) {
  const deps = c.get('deps');
  const texts = textsOf(c, 'secondFactor').signIn;
  const { passkey } = textsOf(c, 'signIn');
  const browser = ensureBrowserCookie(c);
  const challenge = await requestPasskey(deps, browser.id);
  const { remember_browser_days: days } = await deps.settings();
  return page(
    c,
    {
      title: texts.title,
      status: problem ? 400 : 200,
      formsRedirectOut: true,
      again: withContinuation(SECOND_FACTOR_SIGN_IN, sealed),
      scripts: [PASSKEY_SCRIPT],
    },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{problem}</ErrorMessage>
      <p>{texts.lead(<strong>{user.email}</strong>)}</p>
      <form class="stack" method="post" action={SECOND_FACTOR_SIGN_IN} id="code-form">
        <HiddenFields formToken={browser.formToken()} continuation={sealed} />
        <CodeField label={texts.code} hint={texts.codeHint} />
        <RememberCheckbox days={days} texts={texts} />
        <div class="actions">
          <button type="submit">{texts.submit}</button>
        </div>
      </form>
      <PasskeyForm
        kind="get"
        action={PASSKEY_SIGN_IN}
        challenge={challenge}
        label={texts.passkey}
        failed={passkey.failed}
        copyHiddenFrom="code-form"
      />
      <details>
        <summary>{texts.noApp}</summary>
        <form class="stack" method="post" action={SECOND_FACTOR_SIGN_IN}>
          <HiddenFields formToken={browser.formToken()} continuation={sealed} />
          <Field
            name="recovery_code"
            label={texts.recoveryCode}
            type="text"
            autocomplete="off"
            hint={texts.recoveryHint}
            maxlength={40}
          />
          <RememberCheckbox days={days} texts={texts} id={`${REMEMBER_BROWSER}-recovery`} />
          <div class="actions">
            <button type="submit" class="secondary">
              {texts.submitRecovery}
            </button>
          </div>
        </form>
      </details>
    </>,
  );
}

/** The choice to remember this browser, where the setting allows it. */
function RememberCheckbox({ days, texts, id }: { days: number; texts: Texts['secondFactor']['signIn']; id?: string }) {
  if (days === 0) return null;
  return (
    <Checkbox name={REMEMBER_BROWSER} {...(id && { id })} label={texts.remember(days)} hint={texts.rememberHint} />
  );
}
