/** GET and POST /sign-out: leaving. The GET asks, so that no link elsewhere can sign anybody out. */
import type { Context } from 'hono';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { checkFormToken, formToken } from '../web/csrf.ts';
import { page } from '../web/page.tsx';
import { Hidden } from './fields.tsx';
import { currentSession, finishSession } from './session.ts';

export async function showSignOut(c: Context<Web>) {
  const signedIn = await currentSession(c);
  if (!signedIn) return signedOutPage(c);
  return page(
    c,
    { title: 'Sign out', signedInAs: signedIn.person.name },
    <>
      <h1>Sign out?</h1>
      <p>You are signed in as {signedIn.person.email}.</p>
      <form class="stack" method="post" action="/sign-out">
        <Hidden formToken={formToken(c.get('deps'), signedIn.session.id)} />
        <div class="actions">
          <button type="submit">Sign out</button>
          <a class="button secondary" href="/account">
            Stay signed in
          </a>
        </div>
      </form>
    </>,
  );
}

export async function signOut(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  const signedIn = await currentSession(c);
  if (signedIn) checkFormToken(c.get('deps'), signedIn.session.id, form);
  await finishSession(c);
  return signedOutPage(c);
}

function signedOutPage(c: Context<Web>) {
  return page(
    c,
    { title: 'Signed out' },
    <>
      <h1>You are signed out</h1>
      <p>Applications that you allowed to stay connected still are.</p>
      <div class="actions">
        <a class="button" href="/sign-in">
          Sign in again
        </a>
      </div>
    </>,
  );
}
