/** The frame of the console: who may see which page, the way from one to the other, and what was just done. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { Web } from '../../http/context.ts';
import type { Parameters } from '../../http/parameters.ts';
import { ADMINISTRATOR_ROLE, READER_ROLES } from '../../protocol/scope.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { ConfirmationForm } from '../../ui/action-forms.tsx';
import { StatusMessage } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { type PageOptions, page } from '../../ui/page.tsx';
import { navigationGroups, type Section, type SectionLink } from './navigation.ts';

export const CONSOLE = '/console';
export const SEARCH = '/console/search';

/** Roles that may see a page. Only an administrator sends forms. */
export { READER_ROLES as READERS };
export const CHANGERS = [ADMINISTRATOR_ROLE] as const;

/** The signed-in user who views a page of the console. */
export type ConsoleUser = SignedIn & {
  /** True for an administrator: forms are shown. */
  mayChange: boolean;
  /** The actor that the audit log names. */
  actor: `user:${string}`;
  /** The token of a form of the page: another one each time it is read. */
  formToken: string;
  /** The sections that the role may see. */
  links: readonly SectionLink[];
};

export type Answer = Response | Promise<Response>;

/** A page of the console: one line of the table in `pages.tsx`. */
export type ConsolePage = {
  path: string;
  section: Section;
  roles: typeof READER_ROLES | typeof CHANGERS;
  /** True for the first page of a section, which the navigation links to. */
  listed?: true;
  /** True where the effect is permanent: the user must have signed in within ten minutes. */
  fresh?: true;
  /** Fields of its form that may come several times. */
  repeatable?: readonly string[];
  show: (c: Context<Web>, here: ConsoleUser) => Answer;
  send?: (c: Context<Web>, here: ConsoleUser, form: Parameters) => Answer;
};

type Options = Omit<PageOptions, 'signedInAs' | 'navigation' | 'wide'> & { section: Section };

/** Sends a page in the frame. Its heading is its own. */
export function consolePage(c: Context<Web>, here: ConsoleUser, { section, ...rest }: Options, children: Child) {
  const say = textsOf(c, 'console');
  const labelled = (link: SectionLink) => ({ href: link.href, label: say.sections[link.section] });
  const done = c.req.method === 'GET' ? (c.req.query('done') ?? '') : '';
  return page(
    c,
    {
      breadcrumbs: here.links.filter((link) => link.section === section && link.href !== c.req.path).map(labelled),
      ...rest,
      signedInAs: here.user.name,
      search: {
        action: SEARCH,
        label: say.searchAll,
        ...(c.req.path === SEARCH && { value: c.req.query('q') }),
      },
      navigation: { label: say.navigation, groups: navigationGroups(here.links, section, say) },
    },
    <>
      <StatusMessage>{Object.hasOwn(say.done, done) ? say.done[done] : undefined}</StatusMessage>
      {!here.mayChange && <p class="fine">{say.readsOnly}</p>}
      {children}
    </>,
  );
}

type Question = {
  section: Section;
  heading: string;
  /** The effect of the operation. */
  children: Child;
  /** The path of this page, where the form is sent. */
  action: string;
  submit: string;
  back: string;
  hidden?: Record<string, string>;
};

/** The confirmation page before what cannot be undone: it names the effect and asks. */
export function confirmPage(c: Context<Web>, here: ConsoleUser, question: Question) {
  const { section, heading, children, action, submit, back, hidden = {} } = question;
  return consolePage(
    c,
    here,
    { title: heading, section },
    <ConfirmationForm
      heading={heading}
      action={action}
      hidden={{ form_token: here.formToken, ...hidden }}
      submit={submit}
      back={{ href: back, label: textsOf(c, 'console').back }}
    >
      {children}
    </ConfirmationForm>,
  );
}

/** After a form was sent: to the page that shows it, with what was done. */
export const redirectDone = (c: Context<Web>, path: string, done: string): Response =>
  c.redirect(`${path}?done=${done}`, 303);
