/** GET and POST /sign-up: making an account, where the settings allow it. */
import type { Context } from 'hono';
import * as z from 'zod';
import { hashPassword } from '../crypto/password.ts';
import { newPersonId } from '../protocol/credentials.ts';
import { OAuthError, tooManyRequests } from '../protocol/oauth-error.ts';
import { addPerson } from '../storage/people.ts';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { Field, Hidden } from '../web/fields.tsx';
import { page } from '../web/page.tsx';
import { parseParameters } from '../web/parameters.ts';
import { Problem } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import { browserFormToken, judgeBrowserForm } from './browser-cookie.ts';
import { Email, NewPassword, PersonName, problemOf } from './password-field.ts';
import { openPlace } from './place.ts';
import { beginSession } from './session.ts';

const SignUp = z.object({ name: PersonName, email: Email, password: NewPassword });

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
  const parsed = SignUp.safeParse({ ...typed, password: form.one('password') });
  if (!parsed.success) {
    const problem = (field: string) => problemOf(wordsOf(c, 'fields'), parsed.error, field);
    return signUpPage(c, sealed, typed, {
      name: problem('name'),
      email: problem('email'),
      password: problem('password'),
    });
  }
  const { success } = await deps.ceilings.registration.limit({ key: `sign-up:${deps.network}` });
  if (!success) throw tooManyRequests('too many accounts were made from your network just now.', 60);
  const { name, email, password } = parsed.data;
  const person = { id: newPersonId(), email, name, passwordHash: await hashPassword(password), roles: [] };
  if (!(await addPerson(deps.databases, deps.moment, `person:${person.id}`, person, 'sign-up'))) {
    return signUpPage(c, sealed, typed, { email: wordsOf(c, 'signUp').taken });
  }
  await beginSession(c, person, 'sign-in', ['pwd']);
  const place = await openPlace(deps, sealed);
  return c.redirect(place && place !== 'expired' ? place.to : '/account', 303);
}

async function refuseUnlessAllowed(c: Context<Web>): Promise<void> {
  if ((await c.get('deps').settings()).sign_up === 'allow') return;
  throw new OAuthError('not_found', 'accounts are made by the administrator of this server.');
}

function signUpPage(c: Context<Web>, sealed: string | undefined, typed: Typed, problems: Problems) {
  const failed = Object.values(problems).some(Boolean);
  const [say, fields] = [wordsOf(c, 'signUp'), wordsOf(c, 'fields')];
  return page(
    c,
    { title: say.title, status: failed ? 400 : 200, formsLeave: true },
    <>
      <h1>{say.title}</h1>
      <Problem>{problems.form}</Problem>
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
        <Field
          name="password"
          label={fields.password}
          type="password"
          autocomplete="new-password"
          hint={fields.passwordHint}
          error={problems.password}
        />
        <div class="actions">
          <button type="submit">{say.submit}</button>
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
