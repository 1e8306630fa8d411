/** The page that asks a user before an act on their account. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../http/context.ts';
import { formToken } from '../http/csrf.ts';
import type { SignedIn } from '../storage/users/signed-in.ts';
import { ConfirmationForm } from '../ui/action-forms.tsx';
import { type AccountLink, accountPage } from './account-page.tsx';

type Question = {
  section: AccountLink['section'];
  /** Title and heading. */
  question: string;
  action: string;
  /** The ID of what is acted on, where the account has several. */
  id?: string;
  submit: string;
  back: { href: string; label: string };
  /** HTTP status. Default: 200. */
  status?: 200 | 409;
};

export function accountQuestion(c: Context<Web>, signedIn: SignedIn, asked: Question, children: Child) {
  const { section, question, action, id, submit, back, status } = asked;
  const form_token = formToken(c.get('deps'), signedIn.session.id);
  return accountPage(
    c,
    signedIn,
    { title: question, section, status },
    <ConfirmationForm
      heading={question}
      action={action}
      hidden={id === undefined ? { form_token } : { form_token, id }}
      submit={submit}
      back={back}
    >
      {children}
    </ConfirmationForm>,
  );
}
