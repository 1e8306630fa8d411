/** POST /language: keeps the language that was chosen below a page, and leads back to that page. */
import { type Context, Hono } from 'hono';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { methodNotAllowed } from '../http/error-response.ts';
import { chooseLanguageHere } from '../http/preferred-languages.ts';
import { requireSameOrigin } from '../http/security-headers.ts';
import { isLanguage } from '../locales/languages.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { errorPage } from './error-page.tsx';
import { LANGUAGE_CHOICE } from './language-switch.tsx';

export function languageRoutes() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorPage(c, error));
  app.use(LANGUAGE_CHOICE, requireSameOrigin);
  return app.post(LANGUAGE_CHOICE, submitLanguage).all(LANGUAGE_CHOICE, methodNotAllowed('POST'));
}

async function submitLanguage(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const language = form.one('language') ?? '';
  if (!isLanguage(language)) throw new OAuthError('invalid_request', 'language must be one of those of this server.');
  chooseLanguageHere(c, language);
  return c.redirect(ownAddress(c.get('deps').config.issuer, form.one('to') ?? c.req.header('referer')), 303);
}

/** An address of this server, as a whole: a path could begin with two slashes. */
function ownAddress(issuer: string, to = '/'): string {
  const url = URL.canParse(to, issuer) ? new URL(to, issuer) : undefined;
  return url?.origin === new URL(issuer).origin ? url.href : issuer;
}
