/** passport-openidconnect, which sends no PKCE: a confidential client that an administrator exempted. */
import passport from 'passport-openidconnect';
import { describe, expect, inject, it } from 'vitest';
import { authorize, createClient, issuer, REDIRECT_URI } from './relying-party.ts';

type Outcome = { redirect?: string; user?: { sub: string; profile: unknown }; failure?: unknown };

describe('passport-openidconnect', () => {
  it('signs a user in without PKCE', async () => {
    const client = await createClient('passport', '--no-require-pkce');
    const strategy = new passport.Strategy(
      {
        issuer: issuer(),
        authorizationURL: `${issuer()}/authorize`,
        tokenURL: `${issuer()}/token`,
        userInfoURL: `${issuer()}/userinfo`,
        clientID: client.client_id,
        clientSecret: client.client_secret,
        callbackURL: REDIRECT_URI,
        scope: ['profile', 'email'],
      },
      (_issuer: string, profile: { id: string }, done: (error: null, user: unknown) => void) =>
        done(null, { sub: profile.id, profile }),
    );
    const session: Record<string, unknown> = {};
    const asked = await authenticate(strategy, { query: {}, session });
    const back = await authorize(asked.redirect ?? '');
    const { user, failure } = await authenticate(strategy, {
      query: Object.fromEntries(back.searchParams),
      session,
      originalUrl: back.pathname + back.search,
    });
    expect(failure).toBeUndefined();
    expect(user?.sub).toMatch(/^u_/);
    expect(JSON.stringify(user?.profile)).toContain(inject('worker').email);
  });
});

/** One request through the strategy, as passport itself calls it. */
function authenticate(strategy: object, request: object): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const acting = Object.assign(Object.create(strategy), {
      redirect: (redirect: string) => resolve({ redirect }),
      success: (user: Outcome['user']) => resolve({ user }),
      fail: (failure: unknown) => resolve({ failure }),
      error: reject,
    });
    acting.authenticate({ headers: {}, connection: {}, ...request }, {});
  });
}
