/** GET /account: who one is here, and the way to everything that is about oneself. */
import type { Context } from 'hono';
import type { Web } from '../../web/context.ts';
import { formToken } from '../../web/csrf.ts';
import { Hidden } from '../../web/fields.tsx';
import { Facts } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { type AccountLink, accountPage, linksOf } from '../account-page.tsx';
import { visitor } from '../visitor.ts';

export const ACCOUNT = '/account';

export async function showAccount(c: Context<Web>) {
  const here = await visitor(c, ACCOUNT);
  if (here instanceof Response) return here;
  const { person, session } = here;
  const say = wordsOf(c, 'account');
  const others = linksOf(c, person).filter((link) => link.section !== 'overview');
  return accountPage(
    c,
    here,
    { title: say.title, section: 'overview' },
    <>
      <h1>{say.title}</h1>
      <Facts
        facts={[
          [say.name, person.name],
          [say.email, person.emailVerifiedAt === null ? person.email : say.verified(person.email)],
          [say.roles, person.roles.join(', ') || undefined],
        ]}
      />
      <ul>
        {others.map((link) => {
          const { label, about } = say.sections[link.section as AccountLink['section']];
          return (
            <li>
              <a href={link.href}>{label}</a>: {about}
            </li>
          );
        })}
      </ul>
      <form class="stack" method="post" action="/sign-out">
        <Hidden formToken={formToken(c.get('deps'), session.id)} />
        <div class="actions">
          <button type="submit" class="secondary">
            {say.signOut}
          </button>
        </div>
      </form>
    </>,
  );
}
