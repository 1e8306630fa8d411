/** Routes of social login: sign-in with an identity provider, and linked identities. */
import { Hono } from 'hono';
import type { Web } from '../http/context.ts';
import { methodNotAllowed } from '../http/error-response.ts';
import { refusePrefetch } from '../http/refuse-prefetch.ts';
import { requireSameOrigin } from '../http/security-headers.ts';
import {
  SIGN_IN_METHODS_PAGE,
  socialLoginCallbackPath,
  socialLoginLinkPath,
  socialLoginPath,
  socialLoginSignedOutPath,
} from '../protocol/social-login.ts';
import { errorPage } from '../ui/error-page.tsx';
import { beginSocialLogin } from './authorization-request.tsx';
import { signInCallback, signInCallbackByPost } from './callback.tsx';
import { confirmLink, showLink } from './link.tsx';
import { LINK, link, showMethods, showUnlink, UNLINK, unlink } from './linked-accounts.tsx';
import { returnSignedOut } from './sign-out.ts';

export { SIGN_IN_METHODS_PAGE as SIGN_IN_METHODS };

export function socialLoginPages() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorPage(c, error));
  const [start, back, linking] = [socialLoginPath, socialLoginCallbackPath, socialLoginLinkPath].map((path) =>
    path(':id'),
  ) as [string, string, string];
  app.use(back, refusePrefetch);
  // The answer of a provider comes from another site.
  for (const own of [start, linking, `${SIGN_IN_METHODS_PAGE}/*`]) app.use(own, requireSameOrigin);
  app.post(start, beginSocialLogin).all(start, methodNotAllowed('POST'));
  app.get(back, signInCallback).post(back, signInCallbackByPost).all(back, methodNotAllowed('GET', 'POST'));
  app
    .get(socialLoginSignedOutPath(':id'), returnSignedOut)
    .all(socialLoginSignedOutPath(':id'), methodNotAllowed('GET'));
  app.get(linking, showLink).post(linking, confirmLink).all(linking, methodNotAllowed('GET', 'POST'));
  app.get(SIGN_IN_METHODS_PAGE, showMethods).all(SIGN_IN_METHODS_PAGE, methodNotAllowed('GET'));
  app.post(LINK, link).all(LINK, methodNotAllowed('POST'));
  app.get(UNLINK, showUnlink).post(UNLINK, unlink).all(UNLINK, methodNotAllowed('GET', 'POST'));
  return app;
}
