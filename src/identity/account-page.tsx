/** The frame of the pages about oneself: the way from one to the other, and what was just done. */
import type { Context, MiddlewareHandler } from 'hono';
import type { Child } from 'hono/jsx';
import type { SignedIn } from '../storage/sessions.ts';
import type { Web } from '../web/context.ts';
import { type PageOptions, page } from '../web/page.tsx';
import { Done } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import type { Words } from '../words/index.ts';

/** A page about oneself, of this room or another, by the name that the words have for it. */
export type AccountLink = {
  section: keyof Words['account']['sections'];
  href: string;
  /** Who has it: those with one of these roles; everybody where it is left out. */
  roles?: readonly string[];
};

/** The pages that this person has. */
export const linksOf = (c: Context<Web>, { roles }: { roles: readonly string[] }) =>
  c.get('accountLinks').filter((link) => link.roles?.some((role) => roles.includes(role)) ?? true);

/** The address that shows, after a form was sent, what was done. */
export const doneAt = (path: string, done: string): string => `${path}?done=${done}`;

/** @param links of other rooms, passed in by the composition root. */
export function provideAccountLinks(links: readonly AccountLink[]): MiddlewareHandler<Web> {
  return async function accountLinks(c, next) {
    c.set('accountLinks', links);
    await next();
  };
}

type AccountPage = Omit<PageOptions, 'signedInAs' | 'navigation'> & { section: AccountLink['section'] };

export function accountPage(c: Context<Web>, { person }: SignedIn, options: AccountPage, children: Child) {
  const { section, ...rest } = options;
  const say = wordsOf(c, 'account');
  const links = linksOf(c, person).map((link) => ({
    href: link.href,
    label: say.sections[link.section as AccountLink['section']].label,
    current: link.section === section,
  }));
  const done = c.req.method === 'GET' ? (c.req.query('done') ?? '') : '';
  return page(
    c,
    { ...rest, signedInAs: person.name, navigation: { label: say.navigation, links } },
    <>
      <Done>{Object.hasOwn(say.done, done) ? say.done[done] : undefined}</Done>
      {children}
    </>,
  );
}
