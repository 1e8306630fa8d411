/** Renders a page, with the headers that keep it from being framed, cached or scripted by other origins. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Web } from '../http/context.ts';
import { DEFAULT_SETTINGS } from '../protocol/settings.ts';
import { brandOf } from './brand.ts';
import { languageSwitchAddress } from './language-switch.tsx';
import { PageLayout } from './layout.tsx';
import { textsOf } from './locale.ts';
import { withTimes } from './moment.tsx';
import type { Navigation, ShellSearch } from './shell.tsx';

export type PageOptions = {
  title: string;
  status?: ContentfulStatusCode;
  headers?: Record<string, string>;
  /** The name of the signed-in user, for the header of the page. */
  signedInAs?: string;
  /** The other pages of its area. */
  navigation?: Navigation;
  /** The pages above it, the outermost first. */
  breadcrumbs?: readonly { href: string; label: string }[];
  search?: ShellSearch;
  wide?: boolean;
  scripts?: readonly string[];
  /** The request id in the footer of error pages, for support. */
  requestId?: string;
  /**
   * The forms of this page may redirect to a client. Chromium applies `form-action` to every redirect after a form
   * submission, so such a page does not send the directive.
   */
  formsRedirectOut?: boolean;
  /** The address of this page, where it answers a form: it is opened again in another language. Null: it is not. */
  again?: string | null | undefined;
};

/** Local times, and buttons that copy. */
const SHELL_SCRIPT = '/shell.js';

export async function page(c: Context<Web>, options: PageOptions, children: Child): Promise<Response> {
  const { title, status = 200, headers = {}, formsRedirectOut = false, again, ...rest } = options;
  c.header('Content-Security-Policy', contentSecurityPolicy(formsRedirectOut));
  c.header('X-Frame-Options', 'DENY');
  c.header('Cache-Control', 'no-store');
  // The error page for unavailable storage must not need storage.
  const settings = await c
    .get('deps')
    .settings()
    .catch(() => DEFAULT_SETTINGS);
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  const html = await (
    <PageLayout
      title={title}
      language={c.get('language')}
      texts={textsOf(c, 'layout')}
      brand={brandOf(settings)}
      here={languageSwitchAddress(c, again)}
      {...rest}
      scripts={[...(rest.scripts ?? []), ...(rest.navigation ? [SHELL_SCRIPT] : [])]}
    >
      {children}
    </PageLayout>
  ).toString();
  const { moment } = c.get('deps');
  const language = c.get('translation') && c.get('language');
  const careful = withCareful(keepFirstAutofocus(html), textsOf(c, 'layout').careful);
  const shown = withTimes(careful, moment.now, language);
  return c.html(shown, status);
}

const AUTOFOCUS = ' autofocus=""';

/** Every error has `autofocus`; a page may have one such element (HTML §6.6.7), so the first is kept. */
function keepFirstAutofocus(html: string): string {
  const end = html.indexOf(AUTOFOCUS) + AUTOFOCUS.length;
  return html.slice(0, end) + html.slice(end).replaceAll(AUTOFOCUS, '');
}

/** A warning begins with a word that says so: its colour alone would not. */
const withCareful = (html: string, word: string): string =>
  html.replaceAll(/<p class="warning"[^>]*>/g, `$&<strong>${word}</strong> `);

function contentSecurityPolicy(formsRedirectOut: boolean): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "script-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(formsRedirectOut ? [] : ["form-action 'self'"]),
  ].join('; ');
}
