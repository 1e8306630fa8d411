/** The middleware of every request, and the functions of upper layers that lower ones call. */
import type { Hono, MiddlewareHandler } from 'hono';
import { capabilities } from './authorization-server/server-capabilities.ts';
import { ConfigError } from './config/config-error.ts';
import { provideDeps } from './http/build-deps.ts';
import type { AppHooks, Web } from './http/context.ts';
import { publicCors } from './http/cors.ts';
import { memoizeBySource } from './http/document.ts';
import { errorJson } from './http/error-response.ts';
import { loopbackOnly } from './http/loopback-only.ts';
import { logRequests } from './http/request-log.ts';
import { foreignHost, securityHeaders } from './http/security-headers.ts';

/** Loaded when they are first called: a token request never does. */
export const HOOKS: AppHooks = {
  capabilitiesOf: memoizeBySource(capabilities),
  notifySessionsEnded: async (deps, ended) => {
    const { sendLogoutTokens } = await import('./authorization-server/logout/back-channel-logout.ts');
    return sendLogoutTokens(deps, ended);
  },
  signInMethods: async (deps) => {
    const { signInButtons } = await import('./social-login/buttons.ts');
    return signInButtons(deps);
  },
  providerSignOut: async (...parameters) => {
    const { providerSignOut } = await import('./social-login/sign-out.ts');
    return providerSignOut(...parameters);
  },
  languagesOf: async (c) => {
    const { preferredLanguages } = await import('./http/preferred-languages.ts');
    return preferredLanguages(c);
  },
};

/** Pages and forms are answered at the issuer's host only; documents and endpoints of clients at any. */
const pagesAtIssuer: MiddlewareHandler<Web> = async function pagesAtIssuer(c, next) {
  const opened = c.req.header('accept')?.includes('text/html') ? foreignHost(c) : undefined;
  if (opened === undefined) return next();
  const { otherHostPage } = await import('./ui/wrong-host-page.tsx');
  return otherHostPage(c, opened);
};

/** Gives an app what each request passes first, and what answers where no route does. */
export function prepare(app: Hono<Web>): void {
  app.use(provideDeps(HOOKS), logRequests, securityHeaders, loopbackOnly, pagesAtIssuer);
  app.onError((error, c) => {
    // Thrown before there is anything to answer with; the Worker's entry logs it.
    if (error instanceof ConfigError) throw error;
    return errorJson(c, error);
  });
  app.notFound(async (c) => {
    const { notFound } = await import('./ui/error-page.tsx');
    return notFound(c);
  });
  // Documents for any page: where there is none, the page may read that, too.
  app.use('/.well-known/*', publicCors);
}
