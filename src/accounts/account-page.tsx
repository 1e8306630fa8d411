/** The layout of account pages: navigation, and the confirmation of what was done. */
import type { Context, MiddlewareHandler } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../http/context.ts';
import type { Texts } from '../locales/index.ts';
import type { SignedIn } from '../storage/users/signed-in.ts';
import { StatusMessage } from '../ui/components.tsx';
import { textsOf } from '../ui/locale.ts';
import { type PageOptions, page } from '../ui/page.tsx';

export const ACCOUNT = '/account';

/** An account page, of this folder or another. */
export type AccountLink = {
  section: keyof Texts['account']['sections'];
  href: string;
  /** The roles of which a user needs one to see it. Default: every user. */
  roles?: readonly string[];
};

/** The account pages of this user, by role. */
export const accountLinksFor = (c: Context<Web>, { roles }: { roles: readonly string[] }) =>
  c.get('accountLinks').filter((link) => link.roles?.some((role) => roles.includes(role)) ?? true);

/** The address of a page with a confirmation, for the redirect after a form. */
export const doneUrl = (path: string, done: string): string => `${path}?done=${done}`;

/** Provides the account pages of all folders. @param links passed in by app.ts. */
export function provideAccountLinks(links: readonly AccountLink[]): MiddlewareHandler<Web> {
  return async function accountLinks(c, next) {
    c.set('accountLinks', links);
    await next();
  };
}

type AccountPage = Omit<PageOptions, 'signedInAs' | 'navigation'> & { section: AccountLink['section'] };

export function accountPage(c: Context<Web>, { user }: SignedIn, options: AccountPage, children: Child) {
  const { section, ...rest } = options;
  const texts = textsOf(c, 'account');
  const links = accountLinksFor(c, user).map((link) => ({
    href: link.href,
    label: texts.sections[link.section as AccountLink['section']].label,
    current: link.section === section,
  }));
  const done = c.req.method === 'GET' ? (c.req.query('done') ?? '') : '';
  return page(
    c,
    { ...rest, signedInAs: user.name, navigation: { label: texts.navigation, groups: [{ links }] } },
    <>
      <StatusMessage>{Object.hasOwn(texts.done, done) ? texts.done[done] : undefined}</StatusMessage>
      {children}
    </>,
  );
}
