/** The language of pages and mails: requested by the application, chosen by the user, preferred by the browser. */
import { describe, expect, it } from 'vitest';
import { acceptedLanguages } from '../../src/http/preferred-languages.ts';
import { LANGUAGE_TAGS } from '../../src/locales/languages.ts';
import { ADMINISTRATOR, authorizeUrl, makeClient, me, obtainTokens } from '../support/client.ts';
import { linkIn, Mailbox } from '../support/mailbox.ts';
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { readForm, text, type User } from '../support/user.ts';

const { email, password } = ADMINISTRATOR;

const german = { headers: { 'accept-language': 'fr-CA;q=0.1, de-AT;q=0.8, en;q=0.5' } };

async function withMail() {
  const mailbox = new Mailbox();
  const server = serve(bindings([], { EMAIL: mailbox.binding }));
  await setSetting(server, 'mail_from', 'id@acme.com');
  return { server, mailbox };
}

const langOf = (html: string) => /<html lang="([^"]*)"/.exec(html)?.[1];
const languageAt = async (user: User, path: string, init?: RequestInit) =>
  langOf(await (await user.open(path, init)).text());

async function signedIn(server: Server): Promise<User> {
  const user = server.user();
  await user.signIn(email, password);
  return user;
}

async function choose(user: User, locale: string): Promise<Response> {
  return user.send(await readForm(await user.open('/account/profile'), '/account/profile'), { locale });
}

describe('the browser', () => {
  it('prefers a language by Accept-Language (RFC 9110 §12.5.4), a region of which is enough (RFC 4647 §3.4)', async () => {
    const user = serve().user();
    const page = await (
      await user.open('/sign-in', { headers: { 'accept-language': 'xx, de-AT;q=0.8, en;q=0.5' } })
    ).text();
    expect(langOf(page)).toBe('de');
    expect(text(page)).toContain('Anmelden');
    expect(await languageAt(user, '/sign-in', { headers: { 'accept-language': 'en, de;q=0.5' } })).toBe('en');
    expect(await languageAt(user, '/sign-in', { headers: { 'accept-language': 'de;q=0, en' } })).toBe('en');
    expect(await languageAt(user, '/sign-in')).toBe('en');
  });

  it.each(['/', '/sign-in', '/forgot', '/sign-up', '/nothing', '/authorize?client_id=none'])(
    'sees %s in its language',
    async (path) => {
      const user = serve().user();
      expect(await languageAt(user, path, { headers: { 'accept-language': 'de' } })).toBe('de');
    },
  );

  it('sees the console and the API reference in English', async () => {
    const user = await signedIn(serve());
    expect(await languageAt(user, '/console', german)).toBe('en');
    expect(await languageAt(user, '/console/nothing', german)).toBe('en');
    expect(await languageAt(user, '/reference', german)).toBe('en');
  });

  it('that is hostile sees English', () => {
    expect(acceptedLanguages('toString, __proto__;q=1, de;q=x, *, fr;q=0.1')).toEqual(['toString', 'fr']);
    expect(acceptedLanguages('a'.repeat(10_000))).toEqual([]);
  });
});

describe('OpenID Connect Core §3.1.2.1 ui_locales', () => {
  it('the first supported language is that of every page on the way back to the application', async () => {
    const server = serve();
    const user = server.user();
    const page = await user.open(authorizeUrl(await makeClient(server), { ui_locales: 'xx de en' }));
    expect(langOf(await page.text())).toBe('de');
    const wrong = await user.signIn(email, 'not it');
    expect(text(await wrong.text())).toContain('Die E-Mail-Adresse oder das Passwort stimmt nicht.');
  });

  it('it is the language of the consent page of the same request', async () => {
    const server = serve();
    const user = await signedIn(server);
    const page = await (await user.open(authorizeUrl(await makeClient(server), { ui_locales: 'de' }))).text();
    expect([langOf(page), text(page)]).toEqual(['de', expect.stringContaining('Ihr Konto verwenden?')]);
    expect(text(page)).toContain('Ihren Namen und Ihr Bild sehen');
    expect(text(page)).toContain('Zulassen');
  });

  it('it counts before the choice of the user, and for this request alone', async () => {
    const server = serve();
    const user = await signedIn(server);
    await choose(user, 'de');
    const client = await makeClient(server);
    expect(await languageAt(user, authorizeUrl(client, { ui_locales: 'en' }))).toBe('en');
    expect(await languageAt(user, '/account')).toBe('de');
    expect(await languageAt(user, authorizeUrl(client))).toBe('de');
  });

  it('an error page shows what clients receive in English', async () => {
    const server = serve();
    const page = await server.user().open('/authorize?client_id=c_none', german);
    expect(text(await page.text())).toContain('Es gibt keinen Client mit dieser client_id.');
  });

  it('RFC 8414 §2: ui_locales_supported lists the languages', async () => {
    const document = await (await serve().fetch('/.well-known/openid-configuration')).json();
    expect(document).toMatchObject({ ui_locales_supported: LANGUAGE_TAGS });
  });
});

describe('the choice of the user', () => {
  it('counts before that of the browser, also in another one and after signing in there', async () => {
    const server = serve();
    const user = await signedIn(server);
    const saved = await (await choose(user, 'de')).text();
    expect([langOf(saved), text(saved)]).toEqual(['de', expect.stringContaining('Ihr Profil wurde gespeichert.')]);
    const other = await signedIn(server);
    expect(await languageAt(other, '/account', { headers: { 'accept-language': 'en' } })).toBe('de');
    await choose(other, '');
    expect(await languageAt(other, '/account', { headers: { 'accept-language': 'en' } })).toBe('en');
  });

  it('replaces the language that an application asked for', async () => {
    const server = serve();
    const user = await signedIn(server);
    await user.open(authorizeUrl(await makeClient(server), { ui_locales: 'en' }));
    await choose(user, 'de');
    expect(await languageAt(user, '/sign-out')).toBe('de');
  });

  it('is the claim locale of the scope profile (OpenID Connect Core §5.1, §5.4)', async () => {
    const server = serve();
    const user = await signedIn(server);
    const client = await makeClient(server, {}, { trusted: true });
    const claims = async () => {
      const { access_token } = await obtainTokens(server, client, { scope: 'openid profile' });
      return (await me(server, access_token, '/userinfo')).json() as Promise<Record<string, unknown>>;
    };
    expect(await claims()).not.toHaveProperty('locale');
    await choose(user, 'de');
    expect(await claims()).toMatchObject({ locale: 'de' });
  });

  it('is one of the languages: an administrator cannot set another one', async () => {
    const server = serve();
    const put = (locale: string | null) =>
      server.admin('POST', '/users', { email: `${locale}@acme.com`, name: 'Ada', locale });
    expect((await put('de')).status).toBe(201);
    expect((await put(null)).status).toBe(201);
    expect((await put('tlh')).status).toBe(400);
  });
});

describe('mails', () => {
  it('are in the language of the browser that asks, where the user chose none', async () => {
    const { server, mailbox } = await withMail();
    const user = await signedIn(server);
    await user.send(await readForm(await user.open('/forgot'), '/forgot'), { email });
    expect(mailbox.take()[0]?.subject).toMatch(/^A new password for/);
    const form = await readForm(await user.open('/forgot'), '/forgot');
    const body = new URLSearchParams([...form.fields, ['email', email]]).toString();
    const headers = {
      ...german.headers,
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://as.example',
    };
    await user.open('/forgot', { method: 'POST', body, headers });
    const [letter] = mailbox.take();
    expect(letter?.subject).toMatch(/^Ein neues Passwort für/);
    expect(linkIn(letter)).toMatch(/^\/welcome/);
  });

  it('are in the language of the user, whatever browser or administrator causes them', async () => {
    const { server, mailbox } = await withMail();
    const user = { email: 'ada@acme.com', name: 'Ada', locale: 'de' };
    const { id } = await administer<{ id: string }>(server, 'POST', '/users', user);
    expect(mailbox.take()[0]?.subject).toMatch(/^Ihr Konto bei/);
    await administer(server, 'POST', `/users/${id}/deletion`);
    const [letter] = mailbox.take();
    expect(letter?.text).toMatch(/lässt Ihr Konto und seine Daten am \d{2}\.\d{2}\.\d{4} löschen/);
  });
});
