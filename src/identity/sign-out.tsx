/** GET and POST /sign-out: leaving. The GET asks, so that no link elsewhere can sign anybody out. */
import type { Context } from 'hono';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { checkFormToken, formToken } from '../web/csrf.ts';
import { Hidden } from '../web/fields.tsx';
import { page } from '../web/page.tsx';
import { wordsOf } from '../web/words.ts';
import { currentSession, finishSession } from './session.ts';

export async function showSignOut(c: Context<Web>) {
  const signedIn = await currentSession(c);
  if (!signedIn) return signedOutPage(c);
  const say = wordsOf(c, 'signOut');
  return page(
    c,
    { title: say.title, signedInAs: signedIn.person.name },
    <>
      <h1>{say.question}</h1>
      <p>{say.signedInAs(signedIn.person.email)}</p>
      <form class="stack" method="post" action="/sign-out">
        <Hidden formToken={formToken(c.get('deps'), signedIn.session.id)} />
        <div class="actions">
          <button type="submit">{say.submit}</button>
          <a class="button secondary" href="/account">
            {say.stay}
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

/** @param onward where the person came from, if somebody may say so whom nobody here has checked. */
export function signedOutPage(c: Context<Web>, onward?: string) {
  const say = wordsOf(c, 'signOut').done;
  return page(
    c,
    { title: say.title },
    <>
      <h1>{say.heading}</h1>
      <p>{say.still}</p>
      <div class="actions">
        <a class="button" href="/sign-in">
          {say.again}
        </a>
        {onward !== undefined && (
          <a class="button secondary" href={onward}>
            {say.onward(new URL(onward).host)}
          </a>
        )}
      </div>
    </>,
  );
}
