/** GET and POST /account/profile: the user's name, picture and language (OpenID Connect Core §5.1). */
import type { Context } from 'hono';
import * as z from 'zod';
import type { Web } from '../../http/context.ts';
import { formToken } from '../../http/csrf.ts';
import { forgetLocales } from '../../http/preferred-languages.ts';
import { LANGUAGE_NAMES } from '../../locales/choose-language.ts';
import { LANGUAGE_TAGS } from '../../locales/languages.ts';
import { isPlainText } from '../../protocol/control-characters.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { setProfile } from '../../storage/users/users.ts';
import { Select } from '../../ui/choice-fields.tsx';
import { Field, HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { fieldProblem, UserName } from '../account-fields.ts';
import { accountPage, doneUrl } from '../account-page.tsx';
import { requireSession } from '../require-session.ts';
import { readAccountForm } from './account-form.ts';

export const PROFILE_PAGE = '/account/profile';

const NamePart = z.string().refine(isPlainText, 'notPlain').trim().max(200, 'tooLong').optional();

const Profile = z.object({
  name: UserName,
  given_name: NamePart,
  family_name: NamePart,
  picture: z
    .url({ protocol: /^https$/, error: 'picture' })
    .max(2000, 'picture')
    .optional(),
  locale: z.enum(LANGUAGE_TAGS).optional().catch(undefined),
});

const LANGUAGE_CHOICES = Object.entries(LANGUAGE_NAMES).map(([value, label]) => ({ value, label }));

type ProfileFields = Partial<Record<keyof z.infer<typeof Profile>, string | undefined>>;

export async function showProfile(c: Context<Web>) {
  const signedIn = await requireSession(c, PROFILE_PAGE, 'change-profile');
  if (signedIn instanceof Response) return signedIn;
  const { name, givenName, familyName, picture, locale } = signedIn.user;
  const names = { name, given_name: givenName ?? '', family_name: familyName ?? '' };
  const values = { ...names, picture: picture ?? '', locale: locale ?? '' };
  return profilePage(c, signedIn, values, {});
}

export async function submitChangeProfile(c: Context<Web>) {
  const sent = await readAccountForm(c, PROFILE_PAGE, 'change-profile');
  if (sent instanceof Response) return sent;
  const { signedIn, form } = sent;
  const names = ['name', 'given_name', 'family_name', 'picture', 'locale'] as const;
  const values: ProfileFields = Object.fromEntries(names.map((name) => [name, form.one(name)]));
  const parsed = Profile.safeParse(values);
  if (!parsed.success) return profilePage(c, signedIn, values, problemsOf(c, parsed.error));
  const { databases, moment } = c.get('deps');
  const { name, given_name, family_name, picture = null, locale = null } = parsed.data;
  const profile = { name, givenName: given_name || null, familyName: family_name || null, picture, locale };
  await setProfile(databases, moment, `user:${signedIn.user.id}`, signedIn.user.id, profile);
  // The choice is the latest word, also on pages of an application that asked for another language.
  if (locale) forgetLocales(c);
  return c.redirect(doneUrl(PROFILE_PAGE, 'profile'), 303);
}

function problemsOf(c: Context<Web>, error: z.ZodError): ProfileFields {
  const { problems } = textsOf(c, 'profile');
  const of = (field: string) => {
    const issue = error.issues.find(({ path }) => path[0] === field);
    return issue && problems[issue.message as keyof typeof problems];
  };
  return {
    name: fieldProblem(textsOf(c, 'fields'), error, 'name'),
    given_name: of('given_name'),
    family_name: of('family_name'),
    picture: of('picture'),
  };
}

function profilePage(c: Context<Web>, signedIn: SignedIn, values: ProfileFields, problems: ProfileFields) {
  const [texts, fields] = [textsOf(c, 'profile'), textsOf(c, 'fields')];
  const failed = Object.values(problems).some(Boolean);
  const text = (name: keyof ProfileFields) => ({ name, value: values[name], error: problems[name] });
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'profile', status: failed ? 400 : 200 },
    <>
      <h1>{texts.title}</h1>
      <p>{texts.lead}</p>
      <form class="stack" method="post" action={PROFILE_PAGE}>
        <HiddenFields formToken={formToken(c.get('deps'), signedIn.session.id)} />
        <Field {...text('name')} label={fields.name} type="text" autocomplete="name" />
        <Field
          {...text('given_name')}
          label={texts.givenName}
          type="text"
          autocomplete="given-name"
          hint={texts.optional}
          optional
        />
        <Field
          {...text('family_name')}
          label={texts.familyName}
          type="text"
          autocomplete="family-name"
          hint={texts.optional}
          optional
        />
        <Field
          {...text('picture')}
          label={texts.picture}
          type="url"
          autocomplete="photo"
          hint={texts.pictureHint}
          optional
        />
        <Select
          {...text('locale')}
          label={texts.language}
          hint={texts.languageHint}
          choices={[{ value: '', label: texts.browserLanguage }, ...LANGUAGE_CHOICES]}
        />
        <div class="actions">
          <button type="submit">{texts.submit}</button>
        </div>
      </form>
    </>,
  );
}
