/** The frame of the console: who may see which page, the way from one to the other, and what was just done. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import { ADMINISTRATOR, READERS } from '../../protocol/scope.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import type { Web } from '../../web/context.ts';
import { type PageOptions, page } from '../../web/page.tsx';
import type { Parameters } from '../../web/parameters.ts';
import { Confirm, Done } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import type { Words } from '../../words/index.ts';

export const CONSOLE = '/console';

/** Who may see a page. Only an administrator sends forms. */
export { READERS };
export const CHANGERS = [ADMINISTRATOR] as const;

export type Section = keyof Words['console']['sections'];

/** Who looks at a page of the console. */
export type Operator = SignedIn & {
  /** Whether forms are shown to them. */
  mayChange: boolean;
  /** Whom the audit log names. */
  actor: `person:${string}`;
  /** For a form of the page: another one each time it is read. */
  formToken: string;
  /** The pages that they have. */
  links: readonly { section: Section; href: string }[];
};

export type Answer = Response | Promise<Response>;

/** A page of the console: one line of the table in `pages.ts`. */
export type ConsolePage = {
  path: string;
  section: Section;
  roles: typeof READERS | typeof CHANGERS;
  /** Whether the navigation names it: the first page of its section. */
  listed?: true;
  /** Whether it ends or gives away something for good: then the person must have signed in within ten minutes. */
  fresh?: true;
  /** Fields of its form that may come several times. */
  repeatable?: readonly string[];
  show: (c: Context<Web>, here: Operator) => Answer;
  send?: (c: Context<Web>, here: Operator, form: Parameters) => Answer;
};

type Options = Omit<PageOptions, 'signedInAs' | 'navigation' | 'wide'> & { section: Section };

/** Sends a page in the frame. Its heading is its own. */
export function consolePage(c: Context<Web>, here: Operator, { section, ...rest }: Options, children: Child) {
  const say = wordsOf(c, 'console');
  const links = here.links.map((link) => ({
    href: link.href,
    label: say.sections[link.section],
    current: link.section === section,
  }));
  const done = c.req.method === 'GET' ? (c.req.query('done') ?? '') : '';
  return page(
    c,
    { ...rest, wide: true, signedInAs: here.person.name, navigation: { label: say.navigation, links } },
    <>
      <Done>{Object.hasOwn(say.done, done) ? say.done[done] : undefined}</Done>
      {!here.mayChange && <p class="fine">{say.readsOnly}</p>}
      {children}
    </>,
  );
}

type Question = {
  section: Section;
  heading: string;
  /** What the act will end. */
  children: Child;
  /** The path of this page, where the form is sent. */
  action: string;
  submit: string;
  back: string;
  hidden?: Record<string, string>;
};

/** The page between a button and what cannot be taken back: it says what will end, and asks. */
export function confirmPage(c: Context<Web>, here: Operator, question: Question) {
  const { section, heading, children, action, submit, back, hidden = {} } = question;
  return consolePage(
    c,
    here,
    { title: heading, section },
    <Confirm
      heading={heading}
      action={action}
      hidden={{ form_token: here.formToken, ...hidden }}
      submit={submit}
      back={{ href: back, label: wordsOf(c, 'console').back }}
    >
      {children}
    </Confirm>,
  );
}

/** After a form was sent: to the page that shows it, with what was done. */
export const doneAt = (c: Context<Web>, path: string, done: string): Response =>
  c.redirect(`${path}?done=${done}`, 303);
