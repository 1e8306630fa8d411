/** The languages below pages of signed-out users: a form without a script. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { foreignHost } from '../http/security-headers.ts';
import { LANGUAGE_TAGS, LANGUAGES } from '../locales/languages.ts';

export const LANGUAGE_CHOICE = '/language';

/** Pages that another server sent the user to, once: they cannot be opened again. */
const SINGLE_USE_PAGE = /\/callback(\/|$)/;

/** The query parameters that are credentials, or have claims about a user: no page repeats them. */
const CREDENTIALS = ['link', 'user_code', 'id_token_hint'];

/** The address of a page, or '' where only the browser may name it: by the Referer header. */
const namedAddress = ({ pathname, search, searchParams }: URL): string =>
  CREDENTIALS.some((name) => searchParams.has(name)) ? '' : pathname + search;

/**
 * The address at which this page is opened again in another language; undefined where it cannot be, and '' where it
 * is left to the browser.
 * @param again of the page of a form, which has another address than the form; null for a page without other languages.
 */
export function languageSwitchAddress(c: Context<Web>, again: string | null | undefined): string | undefined {
  // A user who is signed in chooses on the page of their profile. A page in English only has no other language.
  const isOwn = Boolean(c.get('userLocale')) || c.get('language') !== c.get('translation')?.tag;
  if (isOwn || foreignHost(c) !== undefined) return undefined;
  const url = new URL(c.req.url);
  const opened = c.req.method === 'GET' && !SINGLE_USE_PAGE.test(url.pathname) ? namedAddress(url) : undefined;
  return again === null ? undefined : (again ?? opened);
}

/** The languages, each in itself. @param props.to the page to return to; '' for the one that the browser names. */
export function LanguageSwitch({ to, current, label }: { to: string; current: string; label: string }) {
  return (
    <form class="languages" method="post" action={LANGUAGE_CHOICE} aria-label={label}>
      {to !== '' && <input type="hidden" name="to" value={to} />}
      {LANGUAGE_TAGS.map((tag) => (
        <button
          type="submit"
          name="language"
          value={tag}
          lang={tag}
          aria-current={tag === current ? 'true' : undefined}
        >
          {LANGUAGES[tag].name}
        </button>
      ))}
    </form>
  );
}
