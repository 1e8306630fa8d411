/** GET and POST /sign-in/second-factor: the code of the second factor, after the first one. */
import type { Context } from 'hono';
import { readForm } from '../../http/body.ts';
import type { Web } from '../../http/context.ts';
import { parseParameters } from '../../http/parameters.ts';
import { AMR_SECOND_FACTOR } from '../../protocol/amr.ts';
import { findUser, type User } from '../../storage/users/users.ts';
import { ErrorMessage } from '../../ui/components.tsx';
import { Field, HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import { checkBrowserForm, ensureBrowserCookie } from '../browser-cookie.ts';
import { redirectOnward } from '../complete-sign-in.ts';
import { requestPasskey } from '../passkeys/ceremony.ts';
import { PASSKEY_SCRIPT, PasskeyForm } from '../passkeys/form.tsx';
import { dropPendingSignIn, type PendingSignIn, readPendingSignIn } from '../pending-sign-in.ts';
import { beginSession } from '../session.ts';
import { PASSKEY_SIGN_IN } from '../sign-in-page.tsx';
import { waitPage } from '../sign-in-problems.tsx';
import { SECOND_FACTOR_SIGN_IN } from './paths.ts';
import { verifyCode } from './verify-code.ts';

/** A pending sign-in, and its user as they are now. */
type PendingUser = { pending: PendingSignIn; user: User };

export async function showSecondFactor(c: Context<Web>) {
  const sealed = parseParameters(new URL(c.req.url).search.slice(1)).one('continue');
  const found = await findPending(c);
  return found ? codePage(c, found.user, sealed) : restart(c, sealed);
}

/** The pending sign-in of this browser, while its user has a second factor and the password that it began with. */
async function findPending(c: Context<Web>): Promise<PendingUser | undefined> {
  const pending = await readPendingSignIn(c);
  const user = pending && (await findUser(c.get('deps').databases, pending.user));
  if (!user || user.disabledAt !== null || user.secondFactorAt === null) return undefined;
  const isCurrent = pending.passwordSetAt === null || pending.passwordSetAt === user.passwordSetAt;
  return isCurrent ? { pending, user } : undefined;
}

/** Begins again with the first factor. */
function restart(c: Context<Web>, sealed: string | undefined) {
  dropPendingSignIn(c);
  return c.redirect(`/sign-in${sealed ? `?continue=${sealed}` : ''}`, 303);
}

export async function submitSecondFactor(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const found = await findPending(c);
  if (!found) return restart(c, sealed);
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
  const { user: _, browser: __, until: ___, to, amr, ...first } = pending;
  await beginSession(c, user, { ...first, amr: [...new Set([...amr, ...AMR_SECOND_FACTOR])] });
  dropPendingSignIn(c);
  return redirectOnward(c, user, { sealed, to });
}

async function codePage(c: Context<Web>, user: User, sealed: string | undefined, problem?: string) {
  const deps = c.get('deps');
  const texts = textsOf(c, 'secondFactor').signIn;
  const { passkey } = textsOf(c, 'signIn');
  const browser = ensureBrowserCookie(c);
  const challenge = await requestPasskey(deps, browser.id);
  return page(
    c,
    { title: texts.title, status: problem ? 400 : 200, formsRedirectOut: true, scripts: [PASSKEY_SCRIPT] },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{problem}</ErrorMessage>
      <p>{texts.lead(<strong>{user.email}</strong>)}</p>
      <form class="stack" method="post" action={SECOND_FACTOR_SIGN_IN} id="code-form">
        <HiddenFields formToken={browser.formToken()} continuation={sealed} />
        <Field
          name="code"
          label={texts.code}
          type="text"
          inputmode="numeric"
          autocomplete="one-time-code"
          hint={texts.codeHint}
          maxlength={10}
        />
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
