/**
 * GET and POST /sign-in/second-factor/set-up: a user who needs a second factor, and has none, sets one up between the
 * first step and the session.
 */
import type { Context } from 'hono';
import { readForm } from '../../http/body.ts';
import type { Web } from '../../http/context.ts';
import { parseParameters } from '../../http/parameters.ts';
import type { User } from '../../storage/users/users.ts';
import { HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import { ACCOUNT } from '../account-page.tsx';
import { checkBrowserForm, ensureBrowserCookie } from '../browser-cookie.ts';
import { withContinuation } from '../complete-sign-in.ts';
import { requestPasskey } from '../passkeys/ceremony.ts';
import { PASSKEY_SCRIPT, PasskeyForm } from '../passkeys/form.tsx';
import { openContinuation } from '../sign-in-continuation.ts';
import { PASSKEY_SIGN_IN } from '../sign-in-page.tsx';
import { enrol, enrolmentForm, newEnrolment } from './enrolment.tsx';
import { SECOND_FACTOR_SET_UP } from './paths.ts';
import { findPendingUser, finishPendingSignIn, restartSignIn } from './pending-user.ts';
import { RecoveryCodes } from './recovery-codes.tsx';

export async function showSetUp(c: Context<Web>) {
  const sealed = parseParameters(new URL(c.req.url).search.slice(1)).one('continue');
  const found = await findPendingUser(c);
  if (found?.user.secondFactorAt !== null) return restartSignIn(c, sealed);
  return setUpPage(c, found.user, sealed);
}

/** The binding of an enrolment: the user of the pending sign-in, and this browser. */
const boundToOf = (c: Context<Web>, { id }: User) => `${id} ${ensureBrowserCookie(c).id}`;

export async function submitSetUp(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const found = await findPendingUser(c);
  if (found?.user.secondFactorAt !== null) return restartSignIn(c, sealed);
  const { user, pending } = found;
  if (checkBrowserForm(c, form) !== 'ours') return setUpPage(c, user, sealed, textsOf(c, 'fields').staleForm);
  const outcome = await enrol(c, user, form, { boundTo: boundToOf(c, user), replaces: false });
  const { adding, codes } = textsOf(c, 'secondFactor');
  if (outcome.is === 'expired') return setUpPage(c, user, sealed, adding.tooOld);
  if (outcome.is === 'wrong code') return setUpPage(c, user, sealed, adding.wrong, outcome.again);
  await finishPendingSignIn(c, found);
  const continuation = await openContinuation(c.get('deps'), sealed);
  const next = (continuation !== 'expired' && continuation?.to) || pending.to || ACCOUNT;
  return page(
    c,
    { title: codes.title, signedInAs: user.name },
    <RecoveryCodes codes={outcome.codes} texts={codes} next={next} />,
  );
}

async function setUpPage(
  c: Context<Web>,
  user: User,
  sealed: string | undefined,
  problem?: string,
  again?: ReturnType<typeof newEnrolment>,
) {
  const { adding, required, signIn } = textsOf(c, 'secondFactor');
  const browser = ensureBrowserCookie(c);
  const challenge = await requestPasskey(c.get('deps'), browser.id);
  const form = {
    enrolment: again ?? newEnrolment(c, `${user.id} ${browser.id}`),
    account: user.email,
    action: SECOND_FACTOR_SET_UP,
    problem,
  };
  return page(
    c,
    {
      title: adding.title,
      status: problem ? 400 : 200,
      formsRedirectOut: true,
      again: withContinuation(SECOND_FACTOR_SET_UP, sealed),
      scripts: [PASSKEY_SCRIPT],
    },
    <>
      <h1>{adding.title}</h1>
      <p class="notice">{required(<strong>{user.email}</strong>)}</p>
      {await enrolmentForm(c, form, <HiddenFields formToken={browser.formToken()} continuation={sealed} />)}
      <PasskeyForm
        kind="get"
        action={PASSKEY_SIGN_IN}
        challenge={challenge}
        label={signIn.passkey}
        failed={textsOf(c, 'signIn').passkey.failed}
        copyHiddenFrom="enrolment-form"
      />
    </>,
  );
}
