/** NIST SP 800-63B §3.1.1.2: common passwords are refused wherever a password is set; what is typed can be shown. */
import { describe, expect, it } from 'vitest';
import { ADMINISTRATOR, administer, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm, text, type User } from '../support/user.ts';

const COMMON = ['password', 'PassWord', '12345678', 'iloveyou', 'qwertyuiop', ' baseball '];
const REFUSED = 'one of those that are tried first';

/** Every page on which a password is set: its path, and whose browser it is. */
const PAGES: Record<string, (server: Server) => Promise<{ user: User; path: string; action: string }>> = {
  'the account page': async (server) => {
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    return { user, path: '/account/password', action: '/account/password' };
  },
  'the one-time link': async (server) => {
    const body = { email: 'bob@acme.com', name: 'Bob' };
    const { pathname, search } = new URL((await administer<{ link: string }>(server, 'POST', '/users', body)).link);
    return { user: server.user(), path: pathname + search, action: '/welcome' };
  },
  'sign-up': async (server) => {
    await setSetting(server, 'sign_up', 'allow');
    return { user: server.user(), path: '/sign-up', action: '/sign-up' };
  },
};

describe('a common password', () => {
  for (const [page, open] of Object.entries(PAGES)) {
    it(`is refused with a sentence by ${page}, and another one is taken`, async () => {
      const { user, path, action } = await open(serve());
      const form = parseForm(await (await user.open(path)).text(), action);
      const typed = { name: 'Carol', email: 'carol@acme.com' };
      for (const password of COMMON) {
        const answer = await user.send(form, { ...typed, password });
        expect([password, answer.status, text(await answer.text())]).toEqual([
          password,
          400,
          expect.stringContaining(REFUSED),
        ]);
      }
      expect((await user.send(form, { ...typed, password: 'seven quiet otters' })).status).toBe(200);
    });
  }
});

describe('the control that shows a password', () => {
  it('stands hidden beside every password that users type, until its script shows it', async () => {
    const server = serve();
    const pages = [{ user: server.user(), path: '/sign-in' }];
    for (const open of Object.values(PAGES)) pages.push(await open(server));
    for (const { user, path } of pages) {
      const response = await user.open(path);
      const html = await response.text();
      expect(html).toMatch(/<input[^>]*type="password"/);
      expect(html).toMatch(/<button type="button" class="[^"]*needs-script"[^>]*data-reveal="password"/);
      expect(html).toContain('<script src="/show-password.js" type="module">');
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    }
  });
});
