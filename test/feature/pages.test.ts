/** Properties of all pages: the brand that the administrator set, and size. */
import { describe, expect, it } from 'vitest';
import { contrastOf, stylesheetFor } from '../../src/ui/brand.ts';
import { ADMINISTRATOR, authorizeUrl, makeClient } from '../support/client.ts';
import { pretendWeb } from '../support/pretend-web.ts';
import { wrapStores } from '../support/recorder.ts';
import { serve, setSetting } from '../support/server.ts';
import { readForm, text } from '../support/user.ts';

describe('the brand', () => {
  const COLOURS = ['#000000', '#ffffff', '#ffff00', '#0000ff', '#ff0000', '#00ff00', '#777777', '#7fd1b9', '#17604f'];

  it.each(COLOURS)('%s stays readable in the light and in the dark (WCAG 2.2 §1.4.3)', (colour) => {
    const schemes = [...stylesheetFor(colour).matchAll(/--accent:(#\w+);--on-accent:(#\w+);--info:(#\w+)/g)];
    expect(schemes).toHaveLength(2);
    for (const [index, [, accent = '', onAccent = '', info = '']] of schemes.entries()) {
      const [grounds, ink] = index === 0 ? [['#f5f6f4', '#ffffff'], '#1b2421'] : [['#121816', '#1b2320'], '#e8edea'];
      for (const ground of [...grounds, info]) expect(contrastOf(accent, ground)).toBeGreaterThanOrEqual(4.5);
      expect(contrastOf(onAccent, accent)).toBeGreaterThanOrEqual(4.5);
      expect(contrastOf(ink, info)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('name and colour follow the settings, without an inline style', async () => {
    const server = serve();
    await setSetting(server, 'brand_name', 'Acme & Sons');
    await setSetting(server, 'brand_colour', '#AA00FF');
    const response = await server.fetch('/sign-in');
    const html = await response.text();
    expect(html).toContain('<title>Sign in · Acme &amp; Sons</title>');
    expect(html).not.toMatch(/ style=|<style/);
    expect(response.headers.get('content-security-policy')).toContain("style-src 'self'");
    const [, path = ''] = /href="(\/brand\.css[^"]*)"/.exec(html) ?? [];
    const css = await server.fetch(path);
    expect([css.status, css.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
    expect(css.headers.get('cache-control')).toContain('immutable');
    expect((await server.fetch('/brand.css?colour=red;}')).status).toBe(404);
    expect((await server.admin('PUT', '/settings/brand_colour', { value: 'red' })).status).toBe(400);
  });

  it('a logo elsewhere is fetched here, and never linked to', async () => {
    const server = serve();
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2]);
    const logo = () => new Response(png, { headers: { 'content-type': 'image/png' } });
    const web = pretendWeb({ 'https://cdn.acme.com/logo.png': logo });
    expect((await server.fetch('/brand-logo')).status).toBe(404);
    await setSetting(server, 'brand_logo', 'https://cdn.acme.com/logo.png');
    expect(await (await server.fetch('/sign-in')).text()).not.toContain('cdn.acme.com');
    for (let times = 0; times < 2; times++) {
      const response = await server.fetch('/brand-logo');
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
      expect(response.headers.get('content-security-policy')).toContain('sandbox');
    }
    expect(web.visits).toHaveLength(1);
    await setSetting(server, 'brand_logo', '/own.png');
    expect(await (await server.fetch('/sign-in')).text()).toContain('src="/own.png"');
    for (const value of ['//evil.example/x.png', 'javascript:alert(1)', 'ftp://x.example/']) {
      expect((await server.admin('PUT', '/settings/brand_logo', { value })).status).toBe(400);
    }
  });
});

describe('every page', () => {
  it('weighs at most 40 KB and holds no inline script or style', async () => {
    const server = serve();
    await setSetting(server, 'sign_up', 'allow');
    const user = server.user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const paths = [
      '/',
      '/sign-in',
      '/sign-up',
      '/account',
      '/account/applications',
      '/device',
      '/sign-out',
      '/nowhere',
    ];
    for (const path of [...paths, authorizeUrl(await makeClient(server))]) {
      const html = await (await user.open(path)).text();
      expect([path, html.length < 40_000, /<script(?![^>]* src=)|<style| style=| on\w+=/.test(html)]).toEqual([
        path,
        true,
        false,
      ]);
    }
  });

  it('is shown even while the stores are down', async () => {
    const server = serve();
    const down = wrapStores(server.env, () => Promise.reject(new Error('D1_ERROR: Network connection lost.')));
    const response = await serve(down).fetch('/account', { headers: { accept: 'text/html' } });
    expect([response.status, text(await response.text())]).toEqual([503, expect.stringContaining('try again')]);
  });
});

describe('forms', () => {
  it('an error is tied to its field, and read with it (WCAG 2.2 §3.3.1)', async () => {
    const server = serve();
    await setSetting(server, 'sign_up', 'allow');
    const user = server.user();
    const form = await readForm(await user.open('/sign-up'), '/sign-up');
    const html = await (await user.send(form, { name: 'A', email: 'not one', password: 'long enough' })).text();
    const [, input] = /<input (id="email"[^>]*)>/.exec(html) ?? [];
    expect(input).toMatch(/aria-invalid="true"/);
    expect(input).toMatch(/aria-describedby="email-error"/);
    expect(html).toMatch(/id="email-error">That is not an e-mail address\./);
  });

  it('of several things that are wrong, one asks for the focus (HTML §6.6.7)', async () => {
    const user = serve().user();
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    const form = await readForm(await user.open('/account/profile'), '/account/profile');
    const html = await (await user.send(form, { name: '', picture: 'x', given_name: 'x'.repeat(300) })).text();
    expect(html.match(/aria-invalid/g)).toHaveLength(3);
    expect(html.match(/autofocus/g)).toHaveLength(1);
    expect(html).toMatch(/<input id="name"[^>]*autofocus/);
  });
});
