/**
 * GET and POST /welcome: the one-time link with which a person who was added, or forgot it, chooses a password; where
 * passwords are switched off, another way to sign in.
 */
import type { Context } from 'hono';
import { hashPassword } from '../crypto/password.ts';
import { BY_LINK, BY_PASSWORD } from '../protocol/amr.ts';
import { followLink } from '../storage/one-time-links.ts';
import { findPerson, type Person } from '../storage/people.ts';
import { endSessionsOf } from '../storage/session-ends.ts';
import { wasSpent } from '../storage/spent.ts';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { Hidden } from '../web/fields.tsx';
import { page } from '../web/page.tsx';
import { parseParameters } from '../web/parameters.ts';
import { Problem } from '../web/pieces.tsx';
import { problemPage } from '../web/problem-page.tsx';
import { wordsOf } from '../web/words.ts';
import { ADD_PASSKEY } from './account/passkeys.tsx';
import { browserFormToken, judgeBrowserForm, thisBrowser } from './browser-cookie.ts';
import { type Link, openLink } from './link.ts';
import { NewPasswordForm } from './new-password-form.tsx';
import { tellOwner } from './notice.ts';
import { NewPassword, problemOf } from './password-field.ts';
import { takesPassword } from './passwords.ts';
import { beginSession } from './session.ts';
import { WayForms } from './way-forms.tsx';

/** Whose link it is, and whether a password will do for them. */
type Opened = { link: Link; text: string; person: Person; withPassword: boolean };

export async function showWelcome(c: Context<Web>) {
  const opened = await open(c, parseParameters(new URL(c.req.url).search.slice(1)).one('link'));
  return opened ? welcomePage(c, opened) : badLinkPage(c);
}

async function open(c: Context<Web>, text: string | undefined): Promise<Opened | undefined> {
  const deps = c.get('deps');
  const link = await openLink(deps, text);
  const person = link && (await findPerson(deps.databases, link.person));
  if (!link || !person || text === undefined) return undefined;
  return { link, text, person, withPassword: takesPassword(deps, await deps.settings(), person.email) };
}

export async function welcome(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const opened = await open(c, form.one('link'));
  if (!opened) return badLinkPage(c);
  if (judgeBrowserForm(c, form) !== 'ours') return welcomePage(c, opened, wordsOf(c, 'fields').staleForm);
  // A password that nobody could use is not taken, whatever the form says.
  if (!opened.withPassword) return (await follow(c, opened, undefined)) ?? c.redirect(ADD_PASSKEY, 303);
  const password = NewPassword.safeParse(form.one('password'));
  if (!password.success) return welcomePage(c, opened, problemOf(wordsOf(c, 'fields'), password.error));
  return (await follow(c, opened, await hashPassword(password.data))) ?? c.redirect('/account', 303);
}

/** Spends the link, and lets them in. @returns the page that says why not. */
async function follow(c: Context<Web>, { link, text, person: before }: Opened, passwordHash: string | undefined) {
  const deps = c.get('deps');
  const { person: personId, madeAt, until: expiresAt, mailedTo } = link;
  const spend = { personId, text, madeAt, expiresAt, mailedTo };
  const isGood = await followLink(deps.databases, deps.moment, spend, passwordHash).catch((error: unknown) => {
    if (wasSpent(error)) return false;
    throw error;
  });
  const person = isGood ? await findPerson(deps.databases, personId) : undefined;
  if (!person) return badLinkPage(c);
  // Whoever knew the old password, or has the old browser, is out.
  if (link.again) {
    const { ended } = await endSessionsOf(deps.databases, deps.moment, `person:${personId}`, personId);
    deps.sessionsEnded(ended);
  }
  // Whoever chooses their first one knows.
  if (passwordHash !== undefined && before.passwordHash !== null) {
    tellOwner(deps, before.email, 'password', wordsOf(c, 'mail'));
  }
  await beginSession(c, person, 'sign-in', [...(passwordHash === undefined ? BY_LINK : BY_PASSWORD)]);
  return undefined;
}

function welcomePage(c: Context<Web>, opened: Opened, error?: string) {
  if (!opened.withPassword) return waysPage(c, opened, error);
  const [say, fields] = [wordsOf(c, 'welcome'), wordsOf(c, 'fields')];
  const { title, lead } = opened.link.again ? say.again : say;
  return page(
    c,
    { title, status: error ? 400 : 200 },
    <>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      <NewPasswordForm action="/welcome" fields={fields} problem={error} submit={say.submit}>
        <Hidden formToken={browserFormToken(c)} />
        <input type="hidden" name="link" value={opened.text} />
      </NewPasswordForm>
    </>,
  );
}

/** Where passwords are switched off. */
async function waysPage(c: Context<Web>, { text, person }: Opened, error?: string) {
  const say = wordsOf(c, 'welcome');
  const ways = await c.get('deps').waysToSignIn();
  const { formToken } = thisBrowser(c);
  return page(
    c,
    // The form of a provider ends there.
    { title: say.title, status: error ? 400 : 200, formsLeave: true },
    <>
      <h1>{say.title}</h1>
      <Problem>{error}</Problem>
      <p class="lead">{say.ways.lead}</p>
      {ways.length > 0 && (
        <>
          <p>
            {say.ways.byProvider} <strong>{person.email}</strong>
          </p>
          <WayForms ways={ways} formToken={formToken} continueWith={wordsOf(c, 'signIn').continueWith} />
          <p class="or">{say.ways.or}</p>
        </>
      )}
      <form class="stack" method="post" action="/welcome">
        <Hidden formToken={formToken()} />
        <input type="hidden" name="link" value={text} />
        <div class="actions">
          <button type="submit">{say.ways.passkey}</button>
        </div>
        <p class="hint">{say.ways.passkeyHint}</p>
      </form>
    </>,
  );
}

function badLinkPage(c: Context<Web>) {
  const { title, what, how } = wordsOf(c, 'welcome').bad;
  return problemPage(c, { title, problem: what, how: how((label) => <a href="/sign-in">{label}</a>) });
}
