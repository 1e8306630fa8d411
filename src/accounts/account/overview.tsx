/** GET /account: the user's account, each part of it with its state. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { formToken } from '../../http/csrf.ts';
import { HiddenFields } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Tile } from '../../ui/names.tsx';
import { ACCOUNT, type AccountLink, accountLinksFor, accountPage } from '../account-page.tsx';
import { requireSession } from '../require-session.ts';
import { AccountCards } from './account-cards.tsx';
import { readAccountState } from './account-state.ts';

export async function showAccount(c: Context<Web>) {
  const signedIn = await requireSession(c, ACCOUNT);
  if (signedIn instanceof Response) return signedIn;
  const { user, session } = signedIn;
  const texts = textsOf(c, 'account');
  const [state, settings] = await Promise.all([readAccountState(c, signedIn), c.get('deps').settings()]);
  const others = accountLinksFor(c, user).filter((link) => link.section !== 'overview') as AccountLink[];
  return accountPage(
    c,
    signedIn,
    { title: texts.title, section: 'overview' },
    <>
      <div class="head">
        <Tile name={user.name} />
        <div>
          <h1>{texts.title}</h1>
          <p class="hint">{user.roles.length === 0 ? user.name : texts.withRoles(user.name, user.roles)}</p>
        </div>
        <form method="post" action="/sign-out">
          <HiddenFields formToken={formToken(c.get('deps'), session.id)} />
          <button type="submit" class="secondary">
            {texts.signOut}
          </button>
        </form>
      </div>
      <AccountCards user={user} state={state} settings={settings} links={others} texts={texts} />
    </>,
  );
}
