/** The console: every page of the table, behind a session with the role it needs. */
import { type Context, Hono } from 'hono';
import { otherAccountAddress } from '../../accounts/other-account.ts';
import { requireSession } from '../../accounts/require-session.ts';
import { readForm } from '../../http/body.ts';
import type { Web } from '../../http/context.ts';
import { checkFormToken, formToken } from '../../http/csrf.ts';
import { methodNotAllowed } from '../../http/error-response.ts';
import { requireSameOrigin } from '../../http/security-headers.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { ADMINISTRATOR_ROLE } from '../../protocol/scope.ts';
import { errorPage } from '../../ui/error-page.tsx';
import type { Answer, ConsolePage, ConsoleUser } from './console-page.tsx';
import { CONSOLE_PAGES } from './pages.tsx';

export function consolePages() {
  const app = new Hono<Web>();
  app.onError(async (error, c) => errorPage(c, error, await otherAccountAddress(c, error)));
  for (const one of CONSOLE_PAGES) {
    const { path, show, send } = one;
    app.use(path, requireSameOrigin);
    app.get(path, (c) => look(c, one, show));
    if (send) app.post(path, (c) => change(c, one, send));
    app.all(path, methodNotAllowed('GET', ...(send ? ['POST'] : [])));
  }
  return app;
}

async function look(c: Context<Web>, one: ConsolePage, show: ConsolePage['show']): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  const here = await operator(c, one, one.roles, pathname + search);
  return here instanceof Response ? here : show(c, here);
}

async function change(c: Context<Web>, one: ConsolePage, send: NonNullable<ConsolePage['send']>): Promise<Response> {
  const form = await readForm(c, 'unsupported_media_type', true);
  form.refuseDuplicates(one.repeatable);
  const here = await operator(c, one, [ADMINISTRATOR_ROLE], new URL(c.req.url).pathname);
  if (here instanceof Response) return here;
  checkFormToken(c.get('deps'), here.session.id, form);
  return send(c, here, form) satisfies Answer;
}

/**
 * @returns the signed-in user where the role allows the page, else a redirect to the sign-in page.
 * @throws OAuthError access_denied for a user without the role.
 */
async function operator(
  c: Context<Web>,
  one: ConsolePage,
  roles: readonly string[],
  to: string,
): Promise<ConsoleUser | Response> {
  const signedIn = await requireSession(c, to, one.fresh ? 'administer-for-good' : 'administer');
  if (signedIn instanceof Response) return signedIn;
  const own = signedIn.user.roles;
  const may = (these: readonly string[]) => these.some((role) => own.includes(role));
  if (!may(roles)) throw new OAuthError('access_denied', `this needs the role ${roles.join(' or ')}.`);
  return {
    ...signedIn,
    mayChange: own.includes(ADMINISTRATOR_ROLE),
    actor: `user:${signedIn.user.id}`,
    get formToken() {
      return formToken(c.get('deps'), signedIn.session.id);
    },
    links: CONSOLE_PAGES.filter((page) => page.listed && may(page.roles)).map(({ section, path }) => ({
      section,
      href: path,
    })),
  };
}
