/** Signing in with an account elsewhere. */
import { Hono } from 'hono';
import { beginPath, linkPath, returnPath, SIGN_IN_METHODS } from '../protocol/social-login.ts';
import type { Web } from '../web/context.ts';
import { errorPage, methodNotAllowed } from '../web/render-error.tsx';
import { refuseForeignForms } from '../web/security-headers.ts';
import { beginSignIn } from './begin.tsx';
import { comeBack, comeBackByPost } from './callback.tsx';
import { confirmLink, showLink } from './link.tsx';
import { LINK, link, showMethods, showUnlink, UNLINK, unlink } from './methods.tsx';

export { SIGN_IN_METHODS };

export function socialLoginPages() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorPage(c, error));
  const [start, back, linking] = [beginPath, returnPath, linkPath].map((path) => path(':id')) as [
    string,
    string,
    string,
  ];
  // The answer of a provider comes from another site.
  for (const own of [start, linking, `${SIGN_IN_METHODS}/*`]) app.use(own, refuseForeignForms);
  app.post(start, beginSignIn).all(start, methodNotAllowed('POST'));
  app.get(back, comeBack).post(back, comeBackByPost).all(back, methodNotAllowed('GET', 'POST'));
  app.get(linking, showLink).post(linking, confirmLink).all(linking, methodNotAllowed('GET', 'POST'));
  app.get(SIGN_IN_METHODS, showMethods).all(SIGN_IN_METHODS, methodNotAllowed('GET'));
  app.post(LINK, link).all(LINK, methodNotAllowed('POST'));
  app.get(UNLINK, showUnlink).post(UNLINK, unlink).all(UNLINK, methodNotAllowed('GET', 'POST'));
  return app;
}
