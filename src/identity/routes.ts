/** Pages about who a person is. */
import { Hono } from 'hono';
import type { Web } from '../web/context.ts';
import { errorPage, methodNotAllowed } from '../web/render-error.tsx';
import { refuseForeignForms } from '../web/security-headers.ts';
import { type AccountLink, showAccount } from './account.tsx';
import { showSignIn, signIn } from './sign-in.tsx';
import { showSignOut, signOut } from './sign-out.tsx';
import { showSignUp, signUp } from './sign-up.tsx';
import { showWelcome, welcome } from './welcome.tsx';

const FORMS = [
  { path: '/sign-in', show: showSignIn, send: signIn },
  { path: '/sign-up', show: showSignUp, send: signUp },
  { path: '/sign-out', show: showSignOut, send: signOut },
  { path: '/welcome', show: showWelcome, send: welcome },
] as const;

/** @param accountLinks pages of other rooms that the account page leads to. */
export function identityRoutes(accountLinks: readonly AccountLink[]) {
  const app = new Hono<Web>();
  app.onError((error, c) => errorPage(c, error));
  for (const { path, show, send } of FORMS) {
    app.use(path, refuseForeignForms);
    app.get(path, show).post(path, send).all(path, methodNotAllowed('GET', 'POST'));
  }
  app.get('/account', showAccount(accountLinks)).all('/account', methodNotAllowed('GET'));
  return app;
}
