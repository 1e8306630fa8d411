/** GET and POST /welcome: the one-time link with which a person who was added chooses a password. */
import type { Context } from 'hono';
import * as z from 'zod';
import { hashPassword } from '../crypto/password.ts';
import type { PersonId } from '../protocol/credentials.ts';
import { INVITATION } from '../protocol/lifetimes.ts';
import { findPerson, setPasswordByLink } from '../storage/people.ts';
import { wasSpent } from '../storage/spent.ts';
import { readForm } from '../web/body.ts';
import type { Deps, Web } from '../web/context.ts';
import { Field, Hidden } from '../web/fields.tsx';
import { page } from '../web/page.tsx';
import { parseParameters } from '../web/parameters.ts';
import { Problem } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import { browserFormToken, judgeBrowserForm } from './browser-cookie.ts';
import { NewPassword, problemOf } from './password-field.ts';
import { beginSession } from './session.ts';

const Link = z.object({ person: z.string().transform((id) => id as PersonId), madeAt: z.number(), until: z.number() });

/** A link that is good once, for seven days. */
export async function invitationLink(deps: Pick<Deps, 'config' | 'moment'>, person: PersonId): Promise<string> {
  const { now } = deps.moment;
  const sealed = await deps.config.root.seal('link', { person, madeAt: now, until: now + INVITATION });
  return `${deps.config.issuer}/welcome?link=${sealed}`;
}

export async function showWelcome(c: Context<Web>) {
  const text = parseParameters(new URL(c.req.url).search.slice(1)).one('link');
  const link = await openLink(c, text);
  return link && text ? welcomePage(c, text) : badLinkPage(c);
}

export async function welcome(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const text = form.one('link') ?? '';
  const link = await openLink(c, text);
  if (!link) return badLinkPage(c);
  if (judgeBrowserForm(c, form) !== 'ours') return welcomePage(c, text, wordsOf(c, 'fields').staleForm);
  const password = NewPassword.safeParse(form.one('password'));
  if (!password.success) return welcomePage(c, text, problemOf(wordsOf(c, 'fields'), password.error));
  const spend = { personId: link.person, text, madeAt: link.madeAt, expiresAt: link.until };
  const passwordHash = await hashPassword(password.data);
  const set = await setPasswordByLink(deps.databases, deps.moment, spend, passwordHash).catch((error: unknown) => {
    if (wasSpent(error)) return false;
    throw error;
  });
  const person = set ? await findPerson(deps.databases, link.person) : undefined;
  if (!person) return badLinkPage(c);
  await beginSession(c, person, 'sign-in', ['pwd']);
  return c.redirect('/account', 303);
}

async function openLink(c: Context<Web>, text: string | undefined) {
  const { config, moment } = c.get('deps');
  const link = Link.safeParse(text && (await config.root.unseal('link', text)));
  return link.success && link.data.until > moment.now ? link.data : undefined;
}

function welcomePage(c: Context<Web>, link: string, error?: string) {
  const [say, fields] = [wordsOf(c, 'welcome'), wordsOf(c, 'fields')];
  return page(
    c,
    { title: say.title, status: error ? 400 : 200 },
    <>
      <h1>{say.title}</h1>
      <p class="lead">{say.lead}</p>
      <form class="stack" method="post" action="/welcome">
        <Hidden formToken={browserFormToken(c)} />
        <input type="hidden" name="link" value={link} />
        <Field
          name="password"
          label={fields.password}
          type="password"
          autocomplete="new-password"
          hint={fields.passwordHint}
          error={error}
        />
        <div class="actions">
          <button type="submit">{say.submit}</button>
        </div>
      </form>
    </>,
  );
}

function badLinkPage(c: Context<Web>) {
  const say = wordsOf(c, 'welcome').bad;
  return page(
    c,
    { title: say.title, status: 400 },
    <>
      <h1>{say.title}</h1>
      <Problem>{say.what}</Problem>
      <p>
        {say.how((label) => (
          <a href="/sign-in">{label}</a>
        ))}
      </p>
    </>,
  );
}
