/** GET /account: who one is here, and the way to everything that is about oneself. */
import type { Context } from 'hono';
import type { Web } from '../web/context.ts';
import { formToken } from '../web/csrf.ts';
import { page } from '../web/page.tsx';
import { Hidden } from './fields.tsx';
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
    return page(
      c,
      { title: 'Your account', signedInAs: person.name },
      <>
        <h1>Your account</h1>
        <dl class="facts">
          <dt>Name</dt>
          <dd>{person.name}</dd>
          <dt>E-mail address</dt>
          <dd>{person.email}</dd>
          {person.roles.length > 0 && (
            <>
              <dt>Roles</dt>
              <dd>{person.roles.join(', ')}</dd>
            </>
          )}
        </dl>
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
              Sign out
            </button>
          </div>
        </form>
      </>,
    );
  };
}
