/** GET and POST /welcome: the one-time link with which a person who was added, or forgot it, chooses a password. */
import type { Context } from 'hono';
import { hashPassword } from '../crypto/password.ts';
import { BY_PASSWORD } from '../protocol/amr.ts';
import { setPasswordByLink } from '../storage/one-time-links.ts';
import { findPerson } from '../storage/people.ts';
import { endSessionsOf } from '../storage/session-ends.ts';
import { wasSpent } from '../storage/spent.ts';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { Hidden } from '../web/fields.tsx';
import { page } from '../web/page.tsx';
import { parseParameters } from '../web/parameters.ts';
import { Problem } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import { browserFormToken, judgeBrowserForm } from './browser-cookie.ts';
import { type Link, openLink } from './link.ts';
import { NewPasswordForm } from './new-password-form.tsx';
import { NewPassword, problemOf } from './password-field.ts';
import { beginSession } from './session.ts';

export async function showWelcome(c: Context<Web>) {
  const text = parseParameters(new URL(c.req.url).search.slice(1)).one('link');
  const link = await openLink(c.get('deps'), text);
  return link && text ? welcomePage(c, link, text) : badLinkPage(c);
}

export async function welcome(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const text = form.one('link') ?? '';
  const link = await openLink(c.get('deps'), text);
  if (!link) return badLinkPage(c);
  if (judgeBrowserForm(c, form) !== 'ours') return welcomePage(c, link, text, wordsOf(c, 'fields').staleForm);
  const password = NewPassword.safeParse(form.one('password'));
  if (!password.success) return welcomePage(c, link, text, problemOf(wordsOf(c, 'fields'), password.error));
  const { person: personId, madeAt, until: expiresAt, mailedTo } = link;
  const spend = { personId, text, madeAt, expiresAt, mailedTo };
  const passwordHash = await hashPassword(password.data);
  const set = await setPasswordByLink(deps.databases, deps.moment, spend, passwordHash).catch((error: unknown) => {
    if (wasSpent(error)) return false;
    throw error;
  });
  const person = set ? await findPerson(deps.databases, personId) : undefined;
  if (!person) return badLinkPage(c);
  // Whoever knew the old password, or has the old browser, is out.
  if (link.again) {
    const { ended } = await endSessionsOf(deps.databases, deps.moment, `person:${personId}`, personId);
    deps.sessionsEnded(ended);
  }
  await beginSession(c, person, 'sign-in', [...BY_PASSWORD]);
  return c.redirect('/account', 303);
}

function welcomePage(c: Context<Web>, link: Link, text: string, error?: string) {
  const [say, fields] = [wordsOf(c, 'welcome'), wordsOf(c, 'fields')];
  const { title, lead } = link.again ? say.again : say;
  return page(
    c,
    { title, status: error ? 400 : 200 },
    <>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      <NewPasswordForm action="/welcome" fields={fields} problem={error} submit={say.submit}>
        <Hidden formToken={browserFormToken(c)} />
        <input type="hidden" name="link" value={text} />
      </NewPasswordForm>
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
