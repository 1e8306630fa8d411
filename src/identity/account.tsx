/** GET /account: who one is here, and the way to everything that is about oneself. */
import type { Context } from 'hono';
import type { Web } from '../web/context.ts';
import { formToken } from '../web/csrf.ts';
import { Hidden } from '../web/fields.tsx';
import { page } from '../web/page.tsx';
import { Facts } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import { signInAddress } from './place.ts';
import { currentSession } from './session.ts';

/** A page of another room that the account page leads to. */
export type AccountLink = { href: string; label: string; about: string };

export function showAccount(links: readonly AccountLink[]) {
  return async function account(c: Context<Web>) {
    const deps = c.get('deps');
    const signedIn = await currentSession(c);
    if (!signedIn) return c.redirect(await signInAddress(deps, { to: '/account', ask: 'any' }), 303);
    const { person, session } = signedIn;
    const say = wordsOf(c, 'account');
    return page(
      c,
      { title: say.title, signedInAs: person.name },
      <>
        <h1>{say.title}</h1>
        <Facts
          facts={[
            [say.name, person.name],
            [say.email, person.email],
            [say.roles, person.roles.join(', ') || undefined],
          ]}
        />
        <ul>
          {links.map((link) => (
            <li>
              <a href={link.href}>{link.label}</a>: {link.about}
            </li>
          ))}
        </ul>
        <form class="stack" method="post" action="/sign-out">
          <Hidden formToken={formToken(deps, session.id)} />
          <div class="actions">
            <button type="submit" class="secondary">
              {say.signOut}
            </button>
          </div>
        </form>
      </>,
    );
  };
}
