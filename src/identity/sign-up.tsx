/** GET and POST /sign-up: making an account, where the settings allow it. */
import type { Context } from 'hono';
import * as z from 'zod';
import { hashPassword } from '../crypto/password.ts';
import { BY_PASSWORD } from '../protocol/amr.ts';
import { newPersonId } from '../protocol/credentials.ts';
import { tooManyRequests } from '../protocol/oauth-error.ts';
import { addPerson, findPersonByEmail } from '../storage/people.ts';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { Field, Hidden } from '../web/fields.tsx';
import { mailIsBound, mailLater } from '../web/mail.ts';
import { page } from '../web/page.tsx';
import { parseParameters } from '../web/parameters.ts';
import { Problem } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import { browserFormToken, judgeBrowserForm } from './browser-cookie.ts';
import { recoveryLink } from './link.ts';
import { countMail } from './mail-limit.ts';
import { Email, NewPassword, PersonName, problemOf } from './password-field.ts';
import { openPlace } from './place.ts';
import { beginSession } from './session.ts';
import { HOME } from './sign-in.tsx';
import { refuseUnlessAllowed, signUpLink } from './sign-up-link.ts';

const Names = z.object({ name: PersonName, email: Email });
const SignUp = Names.extend({ password: NewPassword });

type Typed = { name?: string | undefined; email?: string | undefined };
type Problems = { name?: string | undefined; email?: string | undefined; password?: string | undefined; form?: string };

export async function showSignUp(c: Context<Web>) {
  await refuseUnlessAllowed(c);
  return signUpPage(c, parseParameters(new URL(c.req.url).search.slice(1)).one('continue'), {}, {});
}

export async function signUp(c: Context<Web>) {
  const deps = c.get('deps');
  await refuseUnlessAllowed(c);
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const typed = { name: form.one('name'), email: form.one('email') };
  if (judgeBrowserForm(c, form) !== 'ours') {
    return signUpPage(c, sealed, typed, { form: wordsOf(c, 'signUp').stale });
  }
  const byMail = mailIsBound(deps, await deps.settings());
  const parsed = (byMail ? Names : SignUp).safeParse({ ...typed, password: form.one('password') });
  if (!parsed.success) return signUpPage(c, sealed, typed, problemsOf(c, parsed.error));
  const { success } = await deps.ceilings.registration.limit({ key: `sign-up:${deps.network}` });
  if (!success) throw tooManyRequests('too many accounts were made from your network just now.', 60);
  if (byMail) return sendLink(c, parsed.data, sealed);
  const asked = parsed.data as z.infer<typeof SignUp>;
  return (await makeAccount(c, asked, sealed)) ?? signUpPage(c, sealed, typed, { email: wordsOf(c, 'signUp').taken });
}

function problemsOf(c: Context<Web>, error: z.ZodError): Problems {
  const problem = (field: string) => problemOf(wordsOf(c, 'fields'), error, field);
  return { name: problem('name'), email: problem('email'), password: problem('password') };
}

/** Answers alike, in the same time, whether or not the address has an account: only who reads its mail is told. */
async function sendLink(c: Context<Web>, { name, email }: z.infer<typeof Names>, place: string | undefined) {
  const deps = c.get('deps');
  await countMail(deps, email);
  const words = wordsOf(c, 'mail');
  const { brand_name } = await deps.settings();
  mailLater(deps, async () => {
    const person = await findPersonByEmail(deps.databases, email);
    if (person && person.disabledAt !== null) return undefined;
    const mail = person
      ? words.haveAccount(brand_name, await recoveryLink(deps, person.id, email))
      : words.signUp(brand_name, await signUpLink(deps, { name, email, ...(place ? { place } : {}) }));
    return { to: email, mail };
  });
  const say = wordsOf(c, 'signUp').sent;
  return page(
    c,
    { title: say.title },
    <>
      <h1>{say.title}</h1>
      <p role="status">{say.what}</p>
    </>,
  );
}

/** Where no mail can prove the address: the account is made at once, or nothing where the address has one. */
async function makeAccount(c: Context<Web>, asked: z.infer<typeof SignUp>, sealed: string | undefined) {
  const deps = c.get('deps');
  const { name, email, password } = asked;
  const person = { id: newPersonId(), email, name, passwordHash: await hashPassword(password), roles: [] };
  if (!(await addPerson(deps.databases, deps.moment, `person:${person.id}`, person, 'sign-up'))) return undefined;
  await beginSession(c, person, 'sign-in', [...BY_PASSWORD]);
  const place = await openPlace(deps, sealed);
  return c.redirect(place && place !== 'expired' ? place.to : HOME, 303);
}

async function signUpPage(c: Context<Web>, sealed: string | undefined, typed: Typed, problems: Problems) {
  const failed = Object.values(problems).some(Boolean);
  const [say, fields] = [wordsOf(c, 'signUp'), wordsOf(c, 'fields')];
  const deps = c.get('deps');
  const byMail = mailIsBound(deps, await deps.settings());
  return page(
    c,
    { title: say.title, status: failed ? 400 : 200, formsLeave: true },
    <>
      <h1>{say.title}</h1>
      <Problem>{problems.form}</Problem>
      {byMail && <p>{say.byMail}</p>}
      <form class="stack" method="post" action="/sign-up">
        <Hidden formToken={browserFormToken(c)} place={sealed} />
        <Field
          name="name"
          label={fields.name}
          type="text"
          autocomplete="name"
          value={typed.name}
          error={problems.name}
        />
        <Field
          name="email"
          label={fields.email}
          type="email"
          autocomplete="username"
          value={typed.email}
          error={problems.email}
        />
        {!byMail && (
          <Field
            name="password"
            label={fields.password}
            type="password"
            autocomplete="new-password"
            hint={fields.passwordHint}
            error={problems.password}
          />
        )}
        <div class="actions">
          <button type="submit">{byMail ? say.askForLink : say.submit}</button>
        </div>
      </form>
      <p>
        {say.haveOne((label) => (
          <a href={`/sign-in${sealed ? `?continue=${sealed}` : ''}`}>{label}</a>
        ))}
      </p>
    </>,
  );
}
