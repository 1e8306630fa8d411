/** The language that a user chooses on a page without signing in: before Accept-Language, after their own choice. */
import { describe, expect, it } from 'vitest';
import { LANGUAGE_TAGS, LANGUAGES } from '../../src/locales/languages.ts';
import { ADMINISTRATOR, authorizeUrl, makeClient } from '../support/client.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import { administer, bindings, ISSUER, serve, setSetting } from '../support/server.ts';
import { parseForm, readForm, text, type User } from '../support/user.ts';

const { email, password } = ADMINISTRATOR;
const SWITCH = '/language';
const langOf = (html: string) => /<html lang="([^"]*)"/.exec(html)?.[1];
const languageAt = async (user: User, path: string, init?: RequestInit) =>
  langOf(await (await user.open(path, init)).text());

/** Chooses a language on the page. @returns the page after it. */
const choose = async (user: User, page: Response | string, language: string) =>
  user.send(parseForm(typeof page === 'string' ? page : await page.text(), SWITCH), { language });

/** The answer to a choice, with the address that it leads to. */
async function post(user: User, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(fields).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded', origin: ISSUER };
  const answer = await user.request(SWITCH, { method: 'POST', body, headers: { ...type, ...headers } });
  return { status: answer.status, to: answer.headers.get('location') };
}

describe('the choice of a language', () => {
  it('offers each language in itself, marks the current one, and needs no script', async () => {
    const page = await (await serve().user().open('/sign-in')).text();
    for (const tag of LANGUAGE_TAGS)
      expect(page).toMatch(
        new RegExp(`<button[^>]* value="${tag}" lang="${tag}"[^>]*>${LANGUAGES[tag].name}</button>`),
      );
    expect(page.match(/aria-current="true"/g)).toHaveLength(1);
    expect(page).toMatch(/value="en" lang="en" aria-current="true"/);
  });

  it.each(['/', '/sign-in', '/forgot', '/nothing', '/authorize?client_id=none', '/welcome?link=x'])(
    'on %s shows the same page in it, and every page of this browser after that',
    async (path) => {
      const user = serve().user();
      const german = await (await choose(user, await user.open(path), 'de')).text();
      expect(langOf(german)).toBe('de');
      expect(langOf(await (await choose(user, german, 'fr')).text())).toBe('fr');
      expect(await languageAt(user, path, { headers: { 'accept-language': 'es' } })).toBe('fr');
      expect(await languageAt(user, '/sign-in')).toBe('fr');
    },
  );

  it('keeps the authorization request, also on the page after a wrong password', async () => {
    const server = serve();
    const client = await makeClient(server, {}, { trusted: true });
    const user = server.user();
    const asked = await (await choose(user, await user.open(authorizeUrl(client)), 'de')).text();
    expect(text(asked)).toContain('Anmelden');
    const wrong = await user.send(parseForm(asked, '/sign-in'), { email, password: 'not it' });
    const again = await choose(user, wrong, 'fr');
    expect(langOf(await again.clone().text())).toBe('fr');
    const back = await user.send(await readForm(again, '/sign-in'), { email, password });
    expect(new URL(back.headers.get('location') ?? '').searchParams.get('code')).not.toBeNull();
  });

  it('keeps the request on the consent page, and the session', async () => {
    const server = serve();
    const client = await makeClient(server);
    const user = server.user();
    await user.signIn(email, password);
    const page = await choose(user, await user.open(authorizeUrl(client)), 'de');
    const html = await page.text();
    expect([langOf(html), text(html)]).toEqual(['de', expect.stringContaining('Ihr Konto verwenden?')]);
    const back = await user.send(parseForm(html, '/consent'), { decision: 'allow' });
    expect(new URL(back.headers.get('location') ?? '').searchParams.get('code')).not.toBeNull();
  });

  it('is not offered to a user who chose a language in their profile, nor on pages that cannot be opened again', async () => {
    const server = serve();
    const user = server.user();
    await user.signIn(email, password);
    await user.send(await readForm(await user.open('/account/profile'), '/account/profile'), { locale: 'de' });
    const own = await (await user.open(authorizeUrl(await makeClient(server)))).text();
    expect([langOf(own), own.includes(`action="${SWITCH}"`)]).toEqual(['de', false]);
    for (const path of ['/account', '/console', '/reference', '/connected-apps/callback?state=x&code=y'])
      expect([path, (await (await user.open(path)).text()).includes(`action="${SWITCH}"`)]).toEqual([path, false]);
  });
});

describe('a page whose address has a credential', () => {
  const PATHS = [
    '/welcome?link=a-secret',
    '/device?user_code=WDJB-MJHT',
    '/end-session?id_token_hint=a-secret&state=x',
  ];

  it.each(PATHS)(
    '%s: the form does not repeat it, and leads back to the address that the browser names',
    async (path) => {
      const user = serve().user();
      // The page of devices is for signed-in users.
      if (path.startsWith('/device')) await user.signIn(email, password);
      const html = await (await user.open(path)).text();
      const form = parseForm(html, SWITCH);
      expect(form.fields.filter(([name]) => name !== 'language')).toEqual([]);
      expect(html).not.toContain('a-secret');
      const referer = `${ISSUER}${path}`;
      expect(await post(user, { language: 'de' }, { referer })).toEqual({ status: 303, to: referer });
      expect(langOf(await (await user.open(path)).text())).toBe('de');
    },
  );

  it('leads to the beginning where the browser names no page of this server', async () => {
    const user = serve().user();
    const home = new URL(ISSUER).href;
    for (const referer of ['https://evil.example/welcome?link=x', 'about:client', ''])
      expect(new URL((await post(user, { language: 'de' }, { referer })).to ?? '').href).toBe(home);
  });
});

describe('the order of preferences', () => {
  it('ui_locales, the user’s own choice, the one of this browser, Accept-Language', async () => {
    const server = serve();
    const client = await makeClient(server);
    const user = server.user();
    const french = { headers: { 'accept-language': 'fr' } };
    expect(await languageAt(user, '/sign-in', french)).toBe('fr');
    await choose(user, await user.open('/sign-in'), 'es');
    expect(await languageAt(user, '/sign-in', french)).toBe('es');
    expect(await languageAt(user, authorizeUrl(client, { ui_locales: 'de' }), french)).toBe('de');
    await user.open(authorizeUrl(client));
    await user.signIn(email, password);
    expect(await languageAt(user, '/account', french)).toBe('es');
    await user.send(await readForm(await user.open('/account/profile'), '/account/profile'), { locale: 'de' });
    expect(await languageAt(user, '/account', french)).toBe('de');
    expect(await languageAt(user, authorizeUrl(client), french)).toBe('de');
    expect(await languageAt(user, authorizeUrl(client, { ui_locales: 'en' }), french)).toBe('en');
  });

  it('a choice replaces the ui_locales of the request in which it is made, up to its end, and of no other', async () => {
    const server = serve();
    const client = await makeClient(server);
    const user = server.user();
    const url = authorizeUrl(client, { ui_locales: 'xx de en' });
    const chosen = await choose(user, await user.open(url), 'fr');
    expect(langOf(await chosen.clone().text())).toBe('fr');
    const consent = await user.send(await readForm(chosen, '/sign-in'), { email, password });
    expect(text(await consent.clone().text())).toContain('votre compte');
    expect(langOf(await (await choose(user, consent, 'es')).text())).toBe('es');
    expect(await languageAt(user, url)).toBe('es');
    expect(await languageAt(user, authorizeUrl(client, { ui_locales: 'de' }))).toBe('de');
    expect(await languageAt(user, authorizeUrl(client))).toBe('es');
  });

  it('a mail to a user without a choice of their own is in the language of the browser that asked for it', async () => {
    const mailbox = new Mailbox();
    const server = serve(bindings([], { EMAIL: mailbox.binding }));
    await setSetting(server, 'mail_from', 'id@acme.com');
    const { link } = await administer<{ link: string }>(server, 'POST', '/users', { email: 'z@acme.com', name: 'Z' });
    const user = server.user();
    const { pathname, search } = new URL(link);
    await user.send(await readForm(await user.open(pathname + search), '/welcome'), { password: 'a password of Z' });
    mailbox.take();
    const guest = server.user();
    const page = await choose(guest, await guest.open('/forgot'), 'de');
    await guest.send(await readForm(page, '/forgot'), { email: 'z@acme.com' });
    const [mail] = mailbox.take();
    expect(mail?.subject).toBe('Ein neues Passwort für Postern');
    expect(linkIn(mail)).toMatch(/^\/welcome\?/);
  });
});

describe('hostile choices', () => {
  it('an unknown language, and a choice by another site, are refused and keep nothing', async () => {
    const user = serve().user();
    for (const language of ['xx', 'toString', '__proto__', 'de; Path=/', 'a'.repeat(10_000), ''])
      expect([language, (await post(user, { language })).status]).toEqual([language, 400]);
    expect((await post(user, { language: 'de' }, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await user.request(SWITCH)).status).toBe(405);
    expect(user.cookies.size).toBe(0);
  });

  it('leads to a page of this server alone', async () => {
    const user = serve().user();
    const home = new URL(ISSUER).href;
    for (const to of [
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example/',
      'javascript:alert(1)',
      'data:text/html,x',
      'http://[',
      'https://as.example:444/',
      'https://as.example@evil.example/',
    ]) {
      const { status, to: where } = await post(user, { language: 'de', to });
      expect([to, status, where && new URL(where).href]).toEqual([to, 303, home]);
    }
    for (const to of ['/.//evil.example/', '/sign-in?continue=x', '/%0d%0aset-cookie:a=b'])
      expect([to, new URL((await post(user, { language: 'de', to })).to ?? '').origin]).toEqual([
        to,
        home.slice(0, -1),
      ]);
    const { to: long } = await post(user, { language: 'de', to: `/${'a'.repeat(7000)}` });
    expect(new URL(long ?? '').origin).toBe(home.slice(0, -1));
  });

  it('cookies with anything else are as none', async () => {
    const user = serve().user();
    for (const value of ['xx', '__proto__', 'de~', '~', '~~~', 'a'.repeat(5000), '%', '<script>']) {
      user.cookies.set('__Host-chosen-language', value);
      user.cookies.set('__Host-language', value.replace('de', 'xx'));
      const page = await user.open('/sign-in', { headers: { 'accept-language': 'fr' } });
      expect([value, page.status, langOf(await page.text())]).toEqual([value, 200, 'fr']);
    }
  });
});
