/** The frame of the console: who sees it, who changes anything, and the way there. */
import { describe, expect, it, vi } from 'vitest';
import { CHANGERS } from '../../src/admin/console/console-page.tsx';
import { CONSOLE_PAGES } from '../../src/admin/console/pages.tsx';
import { administratorAt, signedInWith } from '../support/console-user.ts';
import { serve } from '../support/server.ts';
import { text, type User } from '../support/user.ts';

/** An address of the page, of a record that is not there. */
const addressOf = (path: string) => path.replaceAll(/:\w+/g, 'none');

const post = (user: User, path: string, body = '') =>
  user.request(path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://as.example' },
  });

describe('the console', () => {
  it('redirects a user without a session to the sign-in page, and back to the requested page', async () => {
    const server = serve();
    for (const { path } of CONSOLE_PAGES) {
      const response = await server.fetch(addressOf(path));
      expect([path, response.status, response.headers.get('location')]).toEqual([
        path,
        303,
        expect.stringMatching(/^\/sign-in\?continue=/),
      ]);
    }
    const user = server.user();
    await user.open('/sign-in');
    const there = await user.signIn('admin@example.com', 'correct horse battery', '/console?q=x');
    expect(text(await there.text())).toContain('Overview');
  });

  it('is not for a user without a role, and they see no link to it', async () => {
    const user = await signedInWith(serve(), ['editor']);
    for (const { path } of CONSOLE_PAGES)
      expect([path, (await user.request(addressOf(path))).status]).toEqual([path, 403]);
    expect(await (await user.open('/account')).text()).not.toContain('/console');
  });

  it('shows an auditor what an administrator sees, but no page that changes something', async () => {
    const server = serve();
    const auditor = await signedInWith(server, ['auditor']);
    for (const { path, roles } of CONSOLE_PAGES) {
      const { status } = await auditor.request(addressOf(path));
      if (roles === CHANGERS) expect([path, status]).toEqual([path, 403]);
      else expect([path, [200, 404].includes(status)]).toEqual([path, true]);
    }
    const html = await (await auditor.open('/console')).text();
    expect(text(html)).toContain('You can see everything here, and change nothing');
    expect(await (await auditor.open('/account')).text()).toContain('href="/console"');
  });

  it('takes no form from an auditor, whatever page it is', async () => {
    const auditor = await signedInWith(serve(), ['auditor']);
    for (const { path } of CONSOLE_PAGES.filter(({ send }) => send)) {
      expect([path, (await post(auditor, addressOf(path))).status]).toEqual([path, 403]);
    }
  });

  it('takes no form without its token, nor from another site', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    for (const { path } of CONSOLE_PAGES.filter(({ send }) => send)) {
      const response = await post(administrator, addressOf(path), 'form_token=invented');
      expect([path, response.status, text(await response.text())]).toEqual([
        path,
        403,
        expect.stringContaining('made for another session'),
      ]);
      const init = { method: 'POST', headers: { origin: 'https://evil.example' } };
      expect([path, (await administrator.request(addressOf(path), init)).status]).toEqual([path, 403]);
    }
  });

  it('asks for a fresh sign-in before what cannot be taken back, and for nothing else', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    vi.useFakeTimers({ now: Date.now() + 601_000, toFake: ['Date'] });
    for (const { path, fresh } of CONSOLE_PAGES) {
      expect([path, (await administrator.request(addressOf(path))).status === 303]).toEqual([path, fresh === true]);
    }
  });

  it('has each section once in its navigation', async () => {
    const sections = CONSOLE_PAGES.filter(({ listed }) => listed).map(({ section }) => section);
    expect(sections).toEqual([...new Set(sections)]);
    expect(CONSOLE_PAGES.every(({ section }) => sections.includes(section))).toBe(true);
  });
});
