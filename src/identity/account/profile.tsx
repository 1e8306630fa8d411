/** GET and POST /account/profile: one's name and picture (OpenID Connect Core §5.1). */
import type { Context } from 'hono';
import * as z from 'zod';
import { setProfile } from '../../storage/people.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import type { Web } from '../../web/context.ts';
import { formToken } from '../../web/csrf.ts';
import { Field, Hidden } from '../../web/fields.tsx';
import { wordsOf } from '../../web/words.ts';
import { accountPage, doneAt } from '../account-page.tsx';
import { PersonName, problemOf } from '../password-field.ts';
import { visitor } from '../visitor.ts';
import { sentForm } from './form.ts';

export const PROFILE = '/account/profile';

const Part = z.string().trim().max(200, 'tooLong').optional();

const Profile = z.object({
  name: PersonName,
  given_name: Part,
  family_name: Part,
  picture: z
    .url({ protocol: /^https$/, error: 'picture' })
    .max(2000, 'picture')
    .optional(),
});

type Typed = Partial<Record<keyof z.infer<typeof Profile>, string | undefined>>;

export async function showProfile(c: Context<Web>) {
  const here = await visitor(c, PROFILE, 'change-profile');
  if (here instanceof Response) return here;
  const { name, givenName, familyName, picture } = here.person;
  const typed = { name, given_name: givenName ?? '', family_name: familyName ?? '', picture: picture ?? '' };
  return profilePage(c, here, typed, {});
}

export async function changeProfile(c: Context<Web>) {
  const sent = await sentForm(c, PROFILE, 'change-profile');
  if (sent instanceof Response) return sent;
  const { here, form } = sent;
  const names = ['name', 'given_name', 'family_name', 'picture'] as const;
  const typed: Typed = Object.fromEntries(names.map((name) => [name, form.one(name)]));
  const parsed = Profile.safeParse(typed);
  if (!parsed.success) return profilePage(c, here, typed, problemsOf(c, parsed.error));
  const { databases, moment } = c.get('deps');
  const { name, given_name, family_name, picture } = parsed.data;
  const profile = { name, givenName: given_name || null, familyName: family_name || null, picture: picture ?? null };
  await setProfile(databases, moment, `person:${here.person.id}`, here.person.id, profile);
  return c.redirect(doneAt(PROFILE, 'profile'), 303);
}

function problemsOf(c: Context<Web>, error: z.ZodError): Typed {
  const { problems } = wordsOf(c, 'profile');
  const of = (field: string) => {
    const issue = error.issues.find(({ path }) => path[0] === field);
    return issue && problems[issue.message as keyof typeof problems];
  };
  return {
    name: problemOf(wordsOf(c, 'fields'), error, 'name'),
    given_name: of('given_name'),
    family_name: of('family_name'),
    picture: of('picture'),
  };
}

function profilePage(c: Context<Web>, here: SignedIn, typed: Typed, problems: Typed) {
  const [say, fields] = [wordsOf(c, 'profile'), wordsOf(c, 'fields')];
  const failed = Object.values(problems).some(Boolean);
  const text = (name: keyof Typed) => ({ name, value: typed[name], error: problems[name] });
  return accountPage(
    c,
    here,
    { title: say.title, section: 'profile', status: failed ? 400 : 200 },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <form class="stack" method="post" action={PROFILE}>
        <Hidden formToken={formToken(c.get('deps'), here.session.id)} />
        <Field {...text('name')} label={fields.name} type="text" autocomplete="name" />
        <Field
          {...text('given_name')}
          label={say.givenName}
          type="text"
          autocomplete="given-name"
          hint={say.optional}
          optional
        />
        <Field
          {...text('family_name')}
          label={say.familyName}
          type="text"
          autocomplete="family-name"
          hint={say.optional}
          optional
        />
        <Field
          {...text('picture')}
          label={say.picture}
          type="url"
          autocomplete="photo"
          hint={say.pictureHint}
          optional
        />
        <div class="actions">
          <button type="submit">{say.submit}</button>
        </div>
      </form>
    </>,
  );
}
