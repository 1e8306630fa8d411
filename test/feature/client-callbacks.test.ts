/** Answers of providers at the callbacks of connected apps and social login, as browsers and providers send them. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { administratorAt, see } from '../support/console-user.ts';
import { CLIENT, comeBack, connectApp, farEnd, press, refusal, signedIn, tokens } from '../support/far-end.ts';
import { json } from '../support/pretend-web.ts';
import { administer, serve } from '../support/server.ts';
import { shortenPauses } from '../support/short-pauses.ts';
import {
  follow,
  makeLogin,
  pageText,
  pressButton,
  type Row,
  returnFrom,
  says,
  signInWith,
  tells,
  whoAmI,
} from '../support/social.ts';
import { parseForm, type User } from '../support/user.ts';

const ALICE = { sub: 'alice', email: 'alice@faraway.net' };

type Changes = Record<string, string | undefined>;

/** Both roles, each at the moment when its user comes back. */
const ROLES = {
  'social login': async () => {
    const server = serve();
    const far = await farEnd();
    says(far, ALICE);
    await makeLogin(server, far);
    const user = server.user();
    const start = await user.request('/account/connections/none?on=its+way');
    const page = start.headers.get('location') ?? '';
    const begin = () => pressButton(user, far, 'far', page);
    const sent = await begin();
    const back = (changes: Changes = {}, at = sent) => returnFrom(user, far, at, changes);
    const isIn = async () => (await whoAmI(user)) !== undefined;
    return { server, far, user, sent, begin, back, isIn, goal: '/account/connections/none?on=its+way' };
  },
  'connected apps': async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far);
    const user = await signedIn(server);
    const begin = () => press(user, far);
    const sent = await begin();
    const back = (changes: Changes = {}, at = sent) => comeBack(user, far, at, changes);
    const isIn = async () => (await (await user.open('/account/connections')).text()).includes('Disconnect Faraway');
    return { server, far, user, sent, begin, back, isIn, goal: '/account/connections?connected=faraway' };
  },
};

const AHEAD: Record<string, string>[] = [
  { 'sec-purpose': 'prefetch' },
  { 'sec-purpose': 'prefetch;prerender' },
  { 'sec-purpose': 'prefetch;anonymous-client-ip' },
  { purpose: 'prefetch' },
];

/** The path of the answer that `back` would bring. */
function pathOf(sent: Response, issuer: string): string {
  const query = new URL(sent.headers.get('location') ?? '').searchParams;
  const { pathname } = new URL(query.get('redirect_uri') ?? '');
  return `${pathname}?${new URLSearchParams({ code: 'the-code', state: query.get('state') ?? '', iss: issuer })}`;
}

const cookiesOf = (user: User) => [...user.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

describe.each(Object.entries(ROLES))('the callback of %s', (_, prepare) => {
  it('answers a prefetch with 204 and uses nothing up', async () => {
    const { far, user, sent, back, goal } = await prepare();
    for (const headers of AHEAD) {
      const response = await user.request(pathOf(sent, far.issuer), { headers });
      expect([response.status, response.headers.get('cache-control')]).toEqual([204, 'no-store']);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect((await user.request(pathOf(sent, far.issuer), { method: 'HEAD' })).status).toBe(204);
    expect(far.tokenRequests).toHaveLength(0);
    expect((await back()).headers.get('location')).toBe(goal);
  });

  it('that comes again goes on to its goal without a second exchange', async () => {
    const { far, back, goal, isIn } = await prepare();
    for (let times = 0; times < 3; times++) expect((await back()).headers.get('location')).toBe(goal);
    expect(far.tokenRequests).toHaveLength(1);
    expect(await isIn()).toBe(true);
  });

  it('that comes again with the cookies of before it goes on, too: a request that was under way had them', async () => {
    const { far, user, back, goal } = await prepare();
    const before = new Map(user.cookies);
    await back();
    for (const [name, value] of before) user.cookies.set(name, value);
    expect((await back()).headers.get('location')).toBe(goal);
    expect(far.tokenRequests).toHaveLength(1);
  });

  it('that comes fifty times at once is one exchange, and none undoes what one did', async () => {
    const { server, far, user, sent, back, goal, isIn } = await prepare();
    const [path, cookie] = [pathOf(sent, far.issuer), cookiesOf(user)];
    const all = await Promise.all(
      Array.from({ length: 50 }, () => server.fetch(path, { headers: { cookie }, redirect: 'manual' })),
    );
    expect(far.tokenRequests).toHaveLength(1);
    const made = all.filter(({ headers }) => headers.get('location') === goal);
    expect(made.length).toBeGreaterThan(0);
    // Those that came too late change no cookie of the flow, of what comes after it, or of the session.
    for (const late of all.filter(({ status }) => status === 400))
      expect(late.headers.getSetCookie().filter((text) => /session|flow-|place-/.test(text))).toEqual([]);
    // The browser keeps what the one that did it set; then the same answer goes on.
    for (const text of made.flatMap(({ headers }) => headers.getSetCookie())) {
      const [pair = ''] = text.split(';');
      user.cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    expect((await back()).headers.get('location')).toBe(goal);
    expect(await isIn()).toBe(true);
  });

  it('that comes again after it failed, or in another browser, offers to begin again', async () => {
    const { server, far, user, back, sent } = await prepare();
    far.grants.authorization_code = () => refusal('invalid_grant');
    const before = new Map(user.cookies);
    expect((await back()).status).toBe(400);
    for (const [name, value] of before) user.cookies.set(name, value);
    shortenPauses();
    const again = await back();
    expect([again.status, await pageText(again)]).toEqual([400, expect.stringMatching(/was used before/)]);
    const elsewhere = await server.user().request(pathOf(sent, far.issuer));
    expect(elsewhere.headers.get('location') ?? (await pageText(elsewhere))).toMatch(
      /sign-in|started in another browser/,
    );
    expect(far.tokenRequests).toHaveLength(1);
  });

  it('a refusal without state is shown in the words of the provider where one flow waits, and takes nothing from it', async () => {
    const { far, back, goal } = await prepare();
    const deny = { code: undefined, state: undefined, error: 'access_denied', error_description: 'You pressed Deny' };
    const page = await back(deny);
    expect([page.status, await pageText(page)]).toEqual([
      400,
      expect.stringContaining('access_denied: You pressed Deny'),
    ]);
    expect(await pageText(await back({ ...deny, iss: 'https://evil.faraway.net' }))).not.toContain('You pressed Deny');
    expect(far.tokenRequests).toHaveLength(0);
    expect((await back()).headers.get('location')).toBe(goal);
    // The flow is done: none waits.
    expect(await pageText(await back(deny))).not.toContain('You pressed Deny');
  });

  it('a refusal without state is not shown where several flows wait, nor a code without state taken', async () => {
    const { far, back, begin } = await prepare();
    expect(await pageText(await back({ state: undefined }))).toContain('started in another browser');
    await begin();
    const deny = { code: undefined, state: undefined, error: 'access_denied', error_description: 'You pressed Deny' };
    expect(await pageText(await back(deny))).toContain('started in another browser');
    expect(far.tokenRequests).toHaveLength(0);
  });
});

describe('linking an account', () => {
  it('asks the same question again where its answer comes again', async () => {
    const server = serve();
    const far = await farEnd();
    says(far, ALICE);
    await makeLogin(server, far);
    const user = await signedIn(server);
    const html = await (await user.open('/account/sign-in-methods')).text();
    const sent = follow(far, await user.send(parseForm(html, '/account/sign-in-methods/link')));
    const question = await returnFrom(user, far, sent);
    expect([question.status, await pageText(question)]).toEqual([200, expect.stringContaining('Link Faraway?')]);
    const again = await returnFrom(user, far, sent);
    expect(again.headers.get('location')).toMatch(/^\/social-login\/far\/link\?pending=/);
    expect(await pageText(await user.open(again.headers.get('location') ?? ''))).toContain('Link Faraway?');
    expect(far.tokenRequests).toHaveLength(1);
  });
});

describe('a fresh sign-in at a provider (OpenID Connect Core §3.1.2.1)', () => {
  /** A user whose sign-in is too old for the page that they open, at the redirect to the provider. */
  async function anew(changes: Row = {}, metadata: Row = {}) {
    const server = serve();
    const far = await farEnd(metadata);
    says(far, ALICE);
    await makeLogin(server, far, changes);
    const user = server.user();
    await signInWith(user, far);
    await server.env.DB.prepare('UPDATE sessions SET auth_time = 0').run();
    const page = (await user.request('/account/password')).headers.get('location') ?? '';
    const sent = await pressButton(user, far, 'far', page);
    return { far, user, sent };
  }
  const query = (sent: Response) => new URL(sent.headers.get('location') ?? '').searchParams;
  const seconds = () => Math.floor(Date.now() / 1000);

  it('is asked for by prompt=login and max_age=1, never 0', async () => {
    const { sent } = await anew();
    expect([query(sent).get('prompt'), query(sent).get('max_age')]).toEqual(['login', '1']);
  });

  it('is requested without max_age where the provider is trusted for it (trust_fresh)', async () => {
    const { sent } = await anew({ trust_fresh: true });
    expect([query(sent).get('prompt'), query(sent).get('max_age')]).toEqual(['login', null]);
  });

  it('is requested once more without max_age where the provider answers invalid_request, and validated all the same', async () => {
    const { far, user, sent } = await anew();
    const refused = { code: undefined, error: 'invalid_request' };
    for (const [auth_time, isMet] of [
      [seconds() - 600, false],
      [seconds(), true],
    ] as const) {
      const start = (await user.request('/account/password')).headers.get('location') ?? '';
      const again = follow(
        far,
        await returnFrom(user, far, isMet ? await pressButton(user, far, 'far', start) : sent, refused),
      );
      expect([query(again).get('prompt'), query(again).get('max_age')]).toEqual(['login', null]);
      says(far, { ...ALICE, auth_time });
      const back = await returnFrom(user, far, again);
      if (isMet) expect(back.headers.get('location')).toBe('/account/password');
      else expect(await pageText(back)).toContain('used an older sign-in');
    }
  });

  it('is asked for without max_age no third time', async () => {
    const { far, user, sent } = await anew();
    const refused = { code: undefined, error: 'invalid_request' };
    const again = follow(far, await returnFrom(user, far, sent, refused));
    expect(await pageText(await returnFrom(user, far, again, refused))).toContain('did not understand the request');
  });

  it('and where the request is pushed (RFC 9126)', async () => {
    const far = await farEnd({ require_pushed_authorization_requests: true });
    far.metadata.pushed_authorization_request_endpoint = `${far.issuer}/par`;
    const pushed: URLSearchParams[] = [];
    far.web.answers[`${far.issuer}/par`] = async (request) => {
      const body = new URLSearchParams(new TextDecoder().decode(await request.arrayBuffer()));
      pushed.push(body);
      far.nonce = body.get('nonce') ?? '';
      return body.has('max_age') ? refusal('invalid_request') : json({ request_uri: 'urn:r', expires_in: 60 }, {}, 201);
    };
    const server = serve();
    says(far, ALICE);
    await makeLogin(server, far);
    const user = server.user();
    const page = (await user.request('/account/password')).headers.get('location') ?? '';
    const sent = await pressButton(user, far, 'far', page);
    expect(query(sent).get('request_uri')).toBe('urn:r');
    expect(pushed.map((body) => body.get('max_age'))).toEqual(['600', null]);
  });
});

describe('an id_token that was not requested (no scope openid)', () => {
  it('is not read, whatever it is, by a connected app', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far, { template: 'oauth', scopes: ['files.read'] });
    const user = await signedIn(server);
    far.grants.authorization_code = () => tokens({ id_token: 'not.a.token' });
    const back = await comeBack(user, far, await press(user, far));
    expect(back.headers.get('location')).toBe('/account/connections?connected=faraway');
  });

  it('is not read by social login, either: the userinfo says who it is', async () => {
    const server = serve();
    const far = await farEnd();
    tells(far, { sub: 'alice', email: 'alice@faraway.net', email_verified: true });
    await makeLogin(server, far, { provider: 'oauth', scopes: ['profile'] });
    far.grants.authorization_code = () => tokens({ id_token: 'not.a.token' });
    const user = server.user();
    await signInWith(user, far);
    expect(await whoAmI(user)).toContain('alice@faraway.net');
  });
});

describe('scopes that a provider separates by commas', () => {
  it('are read as several, and never asked for again as one', async () => {
    const server = serve();
    const far = await farEnd();
    await connectApp(server, far, { template: 'oauth', scopes: ['files.read'] });
    const user = await signedIn(server);
    far.grants.authorization_code = () => tokens({ scope: 'files.read,files.write' });
    await comeBack(user, far, await press(user, far));
    const again = await press(user, far);
    const scope = new URL(again.headers.get('location') ?? '').searchParams.get('scope') ?? '';
    expect(scope.split(' ').sort()).toEqual(['files.read', 'files.write']);
  });

  it('200 with error is an error in the words of the provider', async () => {
    for (const prepare of Object.values(ROLES)) {
      const { far, back, isIn } = await prepare();
      far.grants.authorization_code = () => json({ error: 'bad_code', error_description: 'The code has expired' });
      const page = await back();
      expect([page.status, await pageText(page)]).toEqual([400, expect.stringContaining('The code has expired')]);
      expect(await isIn()).toBe(false);
    }
  });
});

describe('RFC 9207 §2.4: a callback whose iss is another issuer', () => {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    vi.spyOn(console, 'log').mockImplementation((...said) => void lines.push(said.map(String).join(' ')));
  });
  afterEach(() => vi.restoreAllMocks());

  it.each(Object.keys(ROLES) as (keyof typeof ROLES)[])(
    'is refused in one plain sentence, and the log names both issuers: %s',
    async (role) => {
      const { far, back, isIn } = await ROLES[role]();
      const page = await pageText(await back({ iss: 'https://other.faraway.net' }));
      expect(page).toContain(`this answer does not come from ${new URL(far.issuer).host}`);
      expect(page).not.toContain('https://other.faraway.net');
      expect(lines.join('\n')).toContain(`the parameter iss is https://other.faraway.net, expected: ${far.issuer}`);
      expect(await isIn()).toBe(false);
    },
  );

  it.each(Object.keys(ROLES) as (keyof typeof ROLES)[])(
    'is refused where it is left out although the metadata promises it, and the log says so: %s',
    async (role) => {
      const { far, back } = await ROLES[role]();
      const page = await pageText(await back({ iss: undefined }));
      expect(page).toContain(`this answer does not come from ${new URL(far.issuer).host}`);
      expect(lines.join('\n')).toContain(`the parameter iss is missing, expected: ${far.issuer}`);
    },
  );

  it('of a record whose issuer changed meanwhile is refused, and the log names both', async () => {
    const { far, back, server } = await ROLES['social login']();
    const later = await farEnd();
    await administer(server, 'PATCH', '/social-logins/far', { issuer: later.issuer, ...CLIENT });
    expect(await pageText(await back())).toContain('this answer does not come from');
    expect(lines.join('\n')).toContain(`the flow began at ${far.issuer}, the record names ${later.issuer} now`);
  });
});

describe('recent problems of a connected app and of a social login', () => {
  const PAGES = {
    'social login': '/console/social-logins/far',
    'connected apps': '/console/connected-apps/faraway',
  };

  it.each(Object.keys(ROLES) as (keyof typeof ROLES)[])(
    'show the long form of a failed callback on its page in the console, and go with the record: %s',
    async (role) => {
      const { far, back, begin, server } = await ROLES[role]();
      await back({ iss: 'https://other.faraway.net' });
      await back({ iss: 'https://other.faraway.net' }, await begin());
      const administrator = await administratorAt(server);
      const page = await see(administrator, PAGES[role]);
      expect(page).toContain('Recent problems');
      expect(page).toContain(`the parameter iss is https://other.faraway.net, expected: ${far.issuer}`);
      expect(page).toContain('2 since');
      expect(page).not.toContain('the-code');
      await administer(server, 'DELETE', PAGES[role].replace('/console', ''));
      const left = await server.env.DB.prepare('SELECT count(*) AS n FROM recent_problems').first('n');
      expect(left).toBe(0);
    },
  );

  it('are 20 at most, and none for an id that no record has', async () => {
    const { back, begin, server, user } = await ROLES['connected apps']();
    const administrator = await administratorAt(server);
    for (let index = 0; index < 25; index++) await back({ iss: `https://${index}.faraway.net` }, await begin());
    await user.request('/connected-apps/invented/callback?error=x&state=y');
    await user.request('/social-login/invented/callback?error=x&state=y');
    await see(administrator, PAGES['connected apps']);
    const { results } = await server.env.DB.prepare('SELECT subject FROM recent_problems').all();
    expect(results.map(({ subject }) => subject)).toEqual(Array(20).fill('connected-app:faraway'));
  });
});
