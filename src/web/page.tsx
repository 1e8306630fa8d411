/** How a page is sent: with the headers that keep it from being framed, cached or scripted by others. */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { DEFAULT_SETTINGS } from '../protocol/settings.ts';
import { brandOf } from './brand.ts';
import type { Web } from './context.ts';
import { type Navigation, Page } from './layout.tsx';
import { wordsOf } from './words.ts';

export type PageOptions = {
  title: string;
  status?: ContentfulStatusCode;
  headers?: Record<string, string>;
  /** Who is signed in, for the header of the page. */
  signedInAs?: string;
  /** The other pages of its area. */
  navigation?: Navigation;
  wide?: boolean;
  script?: string;
  /** Shown small at the foot: on error pages, for whoever asks for help. */
  requestId?: string;
  /**
   * Whether a form of this page may end at a client. Chromium applies `form-action` to every redirect that follows a
   * form, so such a page must not send it.
   */
  formsLeave?: boolean;
};

export async function page(c: Context<Web>, options: PageOptions, children: Child): Promise<Response> {
  const { title, status = 200, headers = {}, formsLeave = false, ...rest } = options;
  c.header('Content-Security-Policy', contentSecurityPolicy(formsLeave));
  c.header('X-Frame-Options', 'DENY');
  c.header('Cache-Control', 'no-store');
  // The page that says that the stores are down must not need them.
  const settings = await c
    .get('deps')
    .settings()
    .catch(() => DEFAULT_SETTINGS);
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  const html = await (
    <Page title={title} language={c.get('language')} words={wordsOf(c, 'layout')} brand={brandOf(settings)} {...rest}>
      {children}
    </Page>
  ).toString();
  return c.html(withOneFocus(html), status);
}

const AUTOFOCUS = ' autofocus=""';

/** Everything that is wrong asks for the focus; a page has room for one (HTML §6.6.7). */
function withOneFocus(html: string): string {
  const end = html.indexOf(AUTOFOCUS) + AUTOFOCUS.length;
  return html.slice(0, end) + html.slice(end).replaceAll(AUTOFOCUS, '');
}

function contentSecurityPolicy(formsLeave: boolean): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "script-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(formsLeave ? [] : ["form-action 'self'"]),
  ].join('; ');
}
