/** GET and POST /sign-up: creating an account, where the settings allow it. */
import type { Context } from 'hono';
import * as z from 'zod';
import { hashPassword } from '../crypto/password.ts';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { canSendMail, mailLater, mailTextsFor } from '../http/mail.ts';
import { parseParameters } from '../http/parameters.ts';
import { countStoredBytes } from '../http/storage-budget.ts';
import { newUserId } from '../protocol/credentials.ts';
import { insertUser } from '../storage/users/new-user.ts';
import { findUserByEmail } from '../storage/users/users.ts';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';
import { Email, fieldProblem, NewPassword, UserName } from './account-fields.ts';
import { checkBrowserForm } from './browser-cookie.ts';
import { completeSignIn } from './complete-sign-in.ts';
import { countMail } from './mail-limit.ts';
import { recoveryLink } from './one-time-link.ts';
import { passwordAuthentication } from './session.ts';
import { requireSignUpAllowed, signUpLink } from './sign-up-link.ts';
import { type SignUpProblems, signUpPage } from './sign-up-page.tsx';

const SignUpNames = z.object({ name: UserName, email: Email });
const SignUpRequest = SignUpNames.extend({ password: NewPassword });

export async function showSignUp(c: Context<Web>) {
  await requireSignUpAllowed(c);
  return signUpPage(c, parseParameters(new URL(c.req.url).search.slice(1)).one('continue'), {}, {});
}

export async function submitSignUp(c: Context<Web>) {
  const deps = c.get('deps');
  await requireSignUpAllowed(c);
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const values = { name: form.one('name'), email: form.one('email') };
  if (checkBrowserForm(c, form) !== 'ours') {
    return signUpPage(c, sealed, values, { form: textsOf(c, 'signUp').stale });
  }
  const byMail = canSendMail(deps, await deps.settings());
  const parsed = await (byMail ? SignUpNames : SignUpRequest).safeParseAsync({
    ...values,
    password: form.one('password'),
  });
  if (!parsed.success) return signUpPage(c, sealed, values, problemsOf(c, parsed.error));
  await countStoredBytes(deps, 'signUp', 1);
  if (byMail) return sendLink(c, parsed.data, sealed);
  const request = parsed.data as z.infer<typeof SignUpRequest>;
  return (
    (await createAccount(c, request, sealed)) ?? signUpPage(c, sealed, values, { email: textsOf(c, 'signUp').taken })
  );
}

function problemsOf(c: Context<Web>, error: z.ZodError): SignUpProblems {
  const problem = (field: string) => fieldProblem(textsOf(c, 'fields'), error, field);
  return { name: problem('name'), email: problem('email'), password: problem('password') };
}

/** Mails the link. The response is the same with and without an account; only the mail differs. */
async function sendLink(c: Context<Web>, { name, email }: z.infer<typeof SignUpNames>, place: string | undefined) {
  const deps = c.get('deps');
  await countMail(deps, email);
  const { brand_name } = await deps.settings();
  mailLater(deps, async () => {
    const user = await findUserByEmail(deps.databases, email);
    if (user && user.disabledAt !== null) return undefined;
    const { texts } = await mailTextsFor(deps, user?.locale ?? null);
    const mail = user
      ? texts.haveAccount(brand_name, await recoveryLink(deps, user.id, email))
      : texts.signUp(brand_name, await signUpLink(deps, { name, email, ...(place ? { place } : {}) }));
    return { to: email, mail };
  });
  const texts = textsOf(c, 'signUp').sent;
  return page(
    c,
    { title: texts.title },
    <>
      <h1>{texts.title}</h1>
      <p role="status">{texts.what}</p>
    </>,
  );
}

/** Creates the account at once, for servers without mail; undefined where the address has one. */
async function createAccount(c: Context<Web>, request: z.infer<typeof SignUpRequest>, sealed: string | undefined) {
  const deps = c.get('deps');
  const { name, email, password } = request;
  const user = { id: newUserId(), email, name, passwordHash: await hashPassword(password), roles: [], locale: null };
  if (!(await insertUser(deps.databases, deps.moment, `user:${user.id}`, user, 'sign-up'))) return undefined;
  const signingIn = { ...user, secondFactorAt: null };
  return completeSignIn(c, signingIn, passwordAuthentication(deps.moment.now), { sealed });
}
