/** GET and POST /sign-out. GET asks for confirmation, so that a link of another site cannot sign a user out. */
import type { Context } from 'hono';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { checkFormToken, formToken } from '../http/csrf.ts';
import { HiddenFields } from '../ui/fields.tsx';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';
import { currentSession } from './current-session.ts';
import { endCurrentSession } from './session.ts';

export async function showSignOut(c: Context<Web>) {
  const signedIn = await currentSession(c);
  if (!signedIn) return signedOutPage(c);
  const texts = textsOf(c, 'signOut');
  const atProvider = await c.get('deps').providerSignOut(signedIn.session);
  return page(
    c,
    { title: texts.title, signedInAs: signedIn.user.name, formsRedirectOut: atProvider !== undefined },
    <>
      <h1>{texts.question}</h1>
      <p>
        {texts.signedInAs(signedIn.user.email)} {atProvider && texts.atProvider(atProvider.name)}
      </p>
      <form class="stack" method="post" action="/sign-out">
        <HiddenFields formToken={formToken(c.get('deps'), signedIn.session.id)} />
        <div class="actions">
          <button type="submit">{texts.submit}</button>
          <a class="button secondary" href="/account">
            {texts.stay}
          </a>
        </div>
      </form>
    </>,
  );
}

export async function submitSignOut(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  const signedIn = await currentSession(c);
  if (signedIn) checkFormToken(c.get('deps'), signedIn.session.id, form);
  const atProvider = signedIn && (await c.get('deps').providerSignOut(signedIn.session));
  await endCurrentSession(c);
  if (!atProvider) return signedOutPage(c);
  c.header('Cache-Control', 'no-store');
  return c.redirect(atProvider.url, 303);
}

/** @param onward the address of the client that the user came from, which is unverified. */
export function signedOutPage(c: Context<Web>, onward?: string) {
  const texts = textsOf(c, 'signOut').done;
  return page(
    c,
    { title: texts.title },
    <>
      <h1>{texts.heading}</h1>
      <p>{texts.still}</p>
      <div class="actions">
        <a class="button" href="/sign-in">
          {texts.again}
        </a>
        {onward !== undefined && (
          <a class="button secondary" href={onward}>
            {texts.onward(new URL(onward).host)}
          </a>
        )}
      </div>
    </>,
  );
}
