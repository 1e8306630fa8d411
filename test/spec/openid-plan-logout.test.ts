/**
 * The modules of the OpenID Foundation's RP-initiated and back-channel logout certification plans, by name, as the suite
 * sends them.
 */
import { describe, expect, it } from 'vitest';
import { conformanceSuite } from '../support/conformance-suite.ts';
import { pretendWeb } from '../support/pretend-web.ts';
import { validateLogoutToken } from '../support/relying-party.ts';
import { ISSUER } from '../support/server.ts';
import { readForm } from '../support/user.ts';

const BACK = 'https://app.example/post_logout_redirect';
const BACKCHANNEL = 'https://app.notes.dev/backchannel_logout';
const CONFIRM = '/end-session/confirm';

type Parameters = Record<string, string>;

async function signedIn(metadata: Record<string, unknown> = {}) {
  const suite = await conformanceSuite('client_secret_basic', { post_logout_redirect_uris: [BACK], ...metadata });
  const tokens = await suite.run();
  /** The request, answered with "yes" where the user is asked. @returns where it ends, and whether the user is signed in. */
  const logout = async (parameters: Parameters) => {
    const page = await suite.browser.open(`/end-session?${new URLSearchParams(parameters)}`);
    const isAsked = (await page.clone().text()).includes(`action="${CONFIRM}"`);
    const response = isAsked ? await suite.browser.send(await readForm(page, CONFIRM), { decision: 'sign-out' }) : page;
    const isSignedIn = (await suite.browser.request('/account')).status === 200;
    return { location: response.headers.get('location'), isSignedIn, isAsked };
  };
  return { suite, logout, hint: tokens.id_token ?? '', tokens };
}

describe('OpenID Connect RP-Initiated Logout §2 and §3 the RP-initiated logout certification plan', () => {
  it('oidcc-rp-initiated-logout: back to the client, with state', async () => {
    const { logout, hint } = await signedIn();
    const { location, isSignedIn } = await logout({
      id_token_hint: hint,
      post_logout_redirect_uri: BACK,
      state: 'st',
    });
    expect([location, isSignedIn]).toEqual([`${BACK}?state=st`, false]);
  });

  it('oidcc-rp-initiated-logout-no-state', async () => {
    const { logout, hint } = await signedIn();
    const { location } = await logout({ id_token_hint: hint, post_logout_redirect_uri: BACK });
    expect(location).toBe(BACK);
  });

  it.each<[string, (hint: string) => Parameters]>([
    [
      'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri',
      (id_token_hint) => ({ id_token_hint, post_logout_redirect_uri: 'https://app.example/not-registered' }),
    ],
    [
      'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri',
      (id_token_hint) => ({ id_token_hint, post_logout_redirect_uri: `${BACK}?foo=bar` }),
    ],
    ['oidcc-rp-initiated-logout-no-post-logout-redirect-uri', (id_token_hint) => ({ id_token_hint })],
    ['oidcc-rp-initiated-logout-no-params', () => ({})],
    ['oidcc-rp-initiated-logout-only-state', () => ({ state: 'st' })],
    [
      'oidcc-rp-initiated-logout-bad-id-token-hint',
      (hint) => ({ id_token_hint: `${hint}x`, post_logout_redirect_uri: BACK }),
    ],
    [
      'oidcc-rp-initiated-logout-modified-id-token-hint',
      (hint) => ({ id_token_hint: hint.replace(/.{4}$/, 'AAAA'), post_logout_redirect_uri: BACK }),
    ],
    ['oidcc-rp-initiated-logout-no-id-token-hint', () => ({ post_logout_redirect_uri: BACK })],
  ])('%s: the user is asked, signed out, and not redirected to the client', async (_, parametersOf) => {
    const { logout, hint } = await signedIn();
    const { location, isSignedIn, isAsked } = await logout(parametersOf(hint));
    expect(isAsked).toBe(true);
    expect(isSignedIn).toBe(false);
    expect(location?.startsWith('https://app.example') ?? false).toBe(false);
  });
});

describe('OpenID Connect Back-Channel Logout §2.5 the back-channel logout certification plan', () => {
  it('oidcc-backchannel-rp-initiated-logout: a logout token for the session, then back to the client', async () => {
    const heard: URLSearchParams[] = [];
    pretendWeb({
      [BACKCHANNEL]: async (request: Request) => {
        heard.push(new URLSearchParams(await request.text()));
        return new Response(null, { status: 200 });
      },
    });
    const { suite, logout, hint, tokens } = await signedIn({
      backchannel_logout_uri: BACKCHANNEL,
      backchannel_logout_session_required: true,
    });
    const { location } = await logout({ id_token_hint: hint, post_logout_redirect_uri: BACK, state: 'st' });
    expect(location).toBe(`${BACK}?state=st`);
    expect(heard).toHaveLength(1);
    const jwks = await (await suite.server.fetch('/.well-known/jwks.json')).json();
    const claims = await validateLogoutToken(heard[0] ?? new URLSearchParams(), jwks, ISSUER, suite.client.client_id);
    expect([claims.sub, claims.sid]).toEqual([tokens.claims.sub, tokens.claims.sid]);
  });
});
