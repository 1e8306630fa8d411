/** GET and POST /account/second-factor/remove: the confirmation, and turning off two-step sign-in. */
import type { Context } from 'hono';
import { notifyOwner } from '../../http/account-notice.ts';
import type { Web } from '../../http/context.ts';
import { removeSecondFactor } from '../../storage/users/second-factors.ts';
import { textsOf } from '../../ui/locale.ts';
import { doneUrl } from '../account-page.tsx';
import { accountQuestion } from '../account-question.tsx';
import { requireSession } from '../require-session.ts';
import { REMOVE_SECOND_FACTOR, SECOND_FACTOR_PAGE } from '../second-factor/paths.ts';
import { readAccountForm } from './account-form.ts';

export async function showRemoveSecondFactor(c: Context<Web>) {
  const signedIn = await requireSession(c, REMOVE_SECOND_FACTOR, 'remove-factor');
  if (signedIn instanceof Response) return signedIn;
  const texts = textsOf(c, 'secondFactor').removing;
  return accountQuestion(
    c,
    signedIn,
    {
      section: 'factor',
      question: texts.question,
      action: REMOVE_SECOND_FACTOR,
      submit: texts.submit,
      back: { href: SECOND_FACTOR_PAGE, label: texts.back },
    },
    <p>{texts.what}</p>,
  );
}

export async function submitRemoveSecondFactor(c: Context<Web>) {
  const sent = await readAccountForm(c, REMOVE_SECOND_FACTOR, 'remove-factor');
  if (sent instanceof Response) return sent;
  const deps = c.get('deps');
  const { user } = sent.signedIn;
  const isRemoved = await removeSecondFactor(deps.databases, deps.moment, `user:${user.id}`, user.id);
  if (isRemoved) notifyOwner(deps, user, 'factor-removed');
  return c.redirect(doneUrl(SECOND_FACTOR_PAGE, 'factor-removed'), 303);
}
