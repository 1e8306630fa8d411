/** GET and POST /account/second-factor/recovery-codes: new recovery codes in place of the old ones, shown once. */
import type { Context } from 'hono';
import { notifyOwner } from '../../http/account-notice.ts';
import type { Web } from '../../http/context.ts';
import { replaceRecoveryCodes } from '../../storage/users/recovery-codes.ts';
import { textsOf } from '../../ui/locale.ts';
import { accountPage } from '../account-page.tsx';
import { accountQuestion } from '../account-question.tsx';
import { requireSession } from '../require-session.ts';
import { NEW_RECOVERY_CODES, SECOND_FACTOR_PAGE } from '../second-factor/paths.ts';
import { newRecoveryCodes } from '../second-factor/recovery-code.ts';
import { RecoveryCodes } from '../second-factor/recovery-codes.tsx';
import { readAccountForm } from './account-form.ts';

export async function showRenewRecoveryCodes(c: Context<Web>) {
  const signedIn = await requireSession(c, NEW_RECOVERY_CODES, 'create-recovery-codes');
  if (signedIn instanceof Response) return signedIn;
  const texts = textsOf(c, 'secondFactor').renewing;
  return accountQuestion(
    c,
    signedIn,
    {
      section: 'factor',
      question: texts.question,
      action: NEW_RECOVERY_CODES,
      submit: texts.submit,
      back: { href: SECOND_FACTOR_PAGE, label: texts.back },
    },
    <p>{texts.what}</p>,
  );
}

export async function renewRecoveryCodes(c: Context<Web>) {
  const sent = await readAccountForm(c, NEW_RECOVERY_CODES, 'create-recovery-codes');
  if (sent instanceof Response) return sent;
  const deps = c.get('deps');
  const { user } = sent.signedIn;
  const codes = newRecoveryCodes();
  const isReplaced = await replaceRecoveryCodes(deps.databases, deps.moment, user.id, codes);
  if (!isReplaced) return c.redirect(SECOND_FACTOR_PAGE, 303);
  notifyOwner(deps, user, 'recovery-codes-created');
  const texts = textsOf(c, 'secondFactor').codes;
  return accountPage(
    c,
    sent.signedIn,
    { title: texts.title, section: 'factor' },
    <RecoveryCodes codes={codes} texts={texts} next={SECOND_FACTOR_PAGE} />,
  );
}
