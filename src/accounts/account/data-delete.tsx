/** GET and POST /account/data/delete: the confirmation, and the request to delete the account. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { deleteCookieByName } from '../../http/cookies.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { ErrorMessage } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Day } from '../../ui/moment.tsx';
import { page } from '../../ui/page.tsx';
import { scheduleDeletion } from '../account-deletion.ts';
import { accountQuestion } from '../account-question.tsx';
import { requireSession } from '../require-session.ts';
import { readAccountForm } from './account-form.ts';
import { ACCOUNT_DELETION, DATA_PAGE } from './data.tsx';

export async function showDelete(c: Context<Web>) {
  const signedIn = await requireSession(c, ACCOUNT_DELETION, 'delete-account');
  return signedIn instanceof Response ? signedIn : deletePage(c, signedIn);
}

export async function submitDeleteAccount(c: Context<Web>) {
  const sent = await readAccountForm(c, ACCOUNT_DELETION, 'delete-account');
  if (sent instanceof Response) return sent;
  const { id } = sent.signedIn.user;
  try {
    const user = await scheduleDeletion(c.get('deps'), `user:${id}`, { id }, 'user');
    deleteCookieByName(c, 'session');
    return deletedPage(c, user?.deletionDueAt ?? c.get('deps').moment.now);
  } catch (error) {
    if (!(error instanceof OAuthError) || error.code !== 'conflict') throw error;
    return deletePage(c, sent.signedIn, textsOf(c, 'yourData').deleting.last);
  }
}

async function deletePage(c: Context<Web>, signedIn: SignedIn, problem?: string) {
  const deps = c.get('deps');
  const texts = textsOf(c, 'yourData').deleting;
  const { deletion_grace_days } = await deps.settings();
  return accountQuestion(
    c,
    signedIn,
    {
      section: 'data',
      question: texts.question,
      action: ACCOUNT_DELETION,
      submit: texts.submit,
      back: { href: DATA_PAGE, label: texts.back },
      status: problem ? 409 : 200,
    },
    <>
      <ErrorMessage>{problem}</ErrorMessage>
      <p>{texts.now}</p>
      <p>
        {texts.later(deletion_grace_days)} {texts.elsewhere}
      </p>
      <p>{texts.first}</p>
    </>,
  );
}

function deletedPage(c: Context<Web>, dueAt: number) {
  const texts = textsOf(c, 'yourData').deleted;
  return page(
    c,
    { title: texts.title },
    <>
      <h1>{texts.title}</h1>
      <p role="status">{texts.what(<Day time={dueAt} />)}</p>
      {dueAt > c.get('deps').moment.now && <p>{texts.keep}</p>}
    </>,
  );
}
