/** The console's settings and signing keys. */
import { describe, expect, it, vi } from 'vitest';
import { GROUPS } from '../../src/admin/console/setting-fields.tsx';
import { ROTATE_AFTER_DAYS } from '../../src/admin/console/signing-keys.tsx';
import { SETTING_NAMES, SETTINGS, settingsInGroup } from '../../src/protocol/settings.ts';
import { administratorAt, signedInWith } from '../support/console-user.ts';
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { readForm, text, type User } from '../support/user.ts';

const groupForm = async (user: User, group: string) =>
  readForm(await user.open(`/console/settings/${group}`), `/console/settings/${group}`);

const settingOf = async (server: Server, name: string) =>
  (await administer<{ value: unknown }>(server, 'GET', `/settings/${name}`)).value;

const events = async (server: Server) =>
  (await administer<{ events: Record<string, unknown>[] }>(server, 'GET', '/events')).events;

describe('the settings in the console', () => {
  it('every setting stands there with what it does, once', async () => {
    const server = serve();
    const auditor = await signedInWith(server, ['auditor']);
    const response = await auditor.open('/console/settings');
    const html = await response.text();
    for (const name of SETTING_NAMES) {
      expect(text(html)).toContain(text(SETTINGS[name].label));
      expect(text(html)).toContain(text(SETTINGS[name].help));
    }
    const grouped = GROUPS.flatMap(settingsInGroup);
    expect([...grouped].sort()).toEqual([...SETTING_NAMES].sort());
    expect(html).not.toContain('method="post"');
    expect(html.length).toBeLessThan(40_000);
  });

  it('every group is shown as it is, and sent back untouched changes nothing', async () => {
    const server = serve();
    await setSetting(server, 'scopes_supported', 'tasks.read See your tasks\nnotes <Notes>');
    const administrator = await administratorAt(server);
    const before = await administer(server, 'GET', '/settings');
    for (const name of GROUPS) {
      const form = await groupForm(administrator, name);
      for (const setting of settingsInGroup(name)) expect(form.html).toContain(`name="${setting}"`);
      const response = await administrator.send(form);
      expect([name, text(await response.text())]).toEqual([name, expect.stringContaining('The settings were saved')]);
    }
    expect(await administer(server, 'GET', '/settings')).toEqual(before);
    expect((await events(server)).filter(({ type }) => type === 'setting.changed')).toHaveLength(1);
  });

  it('are found by words, and saved where they stand; those that the search leaves out stay as they are', async () => {
    const server = serve();
    await setSetting(server, 'grant_days', 90);
    await setSetting(server, 'record_client_tokens', false);
    await setSetting(server, 'new_client_rules', 'allow claude.ai\nrefuse *');
    const administrator = await administratorAt(server);
    const path = '/console/settings?q=access+token+lifetime';
    const html = await (await administrator.open(path)).text();
    expect(text(html)).toContain('Access token lifetime (minutes)');
    expect(text(html)).toContain('Default: 60.');
    expect(text(html)).not.toContain('Grant lifetime (days)');
    const form = await readForm(await administrator.open(path), '/console/settings/tokens');
    const saved = await (await administrator.send(form, { access_token_minutes: '7' })).text();
    expect(text(saved)).toContain('The settings were saved');
    expect(saved).toContain('Reset Access token lifetime (minutes) to 60');
    expect(await settingOf(server, 'access_token_minutes')).toBe(7);
    expect([await settingOf(server, 'grant_days'), await settingOf(server, 'record_client_tokens')]).toEqual([
      90,
      false,
    ]);
    const rules = await readForm(await administrator.open('/console/settings?q=clients'), '/console/settings/clients');
    await administrator.send(rules, { new_clients: 'approve' });
    expect(await settingOf(server, 'new_client_rules')).toBe('allow claude.ai\nrefuse *');
    const wrong = await administrator.send(form, { access_token_minutes: '61' });
    expect([wrong.status, text(await wrong.text())]).toEqual([409, expect.stringContaining('Another administrator')]);
    expect(text(await (await administrator.open('/console/settings?q=zzz')).text())).toContain('Nothing was found');
    expect(await (await administrator.open('/console/settings')).text().then((all) => all.length)).toBeLessThan(90_000);
  });

  it('values are saved, several at once, and the audit log names the administrator who changed them', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const typed = { access_token_minutes: '5', record_client_tokens: '', grant_days: '90' };
    await administrator.send(await groupForm(administrator, 'tokens'), typed);
    expect(await settingOf(server, 'access_token_minutes')).toBe(5);
    expect(await settingOf(server, 'record_client_tokens')).toBe(false);
    const changed = (await events(server)).filter(({ type }) => type === 'setting.changed');
    expect(changed.map(({ subject }) => subject).sort()).toEqual([
      'access_token_minutes',
      'grant_days',
      'record_client_tokens',
    ]);
    expect(changed.every(({ actor }) => /^user:u_/.test(String(actor)))).toBe(true);
  });

  it.each([
    ['tokens', { access_token_minutes: '61' }, 'A whole number from 1 to 60'],
    ['tokens', { access_token_minutes: '1.5' }, 'A whole number from 1 to 60'],
    ['tokens', { access_token_minutes: '' }, 'A whole number from 1 to 60'],
    ['brand', { brand_colour: 'red' }, 'Must be six hexadecimal digits'],
    ['brand', { brand_logo: 'javascript:alert(1)' }, 'Must be a path such as /logo.png'],
    ['users', { sign_up: 'perhaps' }, 'expected one of'],
    ['users', { mail_from: 'nobody' }, 'Must be an e-mail address'],
  ])(
    'in %s, %o is refused beside its field, keeps what was typed, and saves nothing',
    async (group, typed, problem) => {
      const server = serve();
      const administrator = await administratorAt(server);
      const other = { tokens: 'grant_days', brand: 'brand_name', users: 'session_days' }[group] ?? '';
      const value = group === 'brand' ? 'Typed' : '77';
      const response = await administrator.send(await groupForm(administrator, group), { ...typed, [other]: value });
      const html = await response.text();
      const [name = '', wrong = ''] = Object.entries(typed)[0] ?? [];
      expect(response.status).toBe(400);
      expect(text(html)).toContain('Nothing was saved');
      expect(html).toMatch(new RegExp(`id="${name}-error">[^<]*${problem}`));
      expect(html).toMatch(new RegExp(`name="${name}"[^>]*aria-describedby="${name}-hint ${name}-error"`));
      if (name !== 'sign_up') expect(html).toContain(`value="${wrong}"`);
      expect(html).toContain(`value="${value}"`);
      expect((await events(server)).filter(({ type }) => type === 'setting.changed')).toEqual([]);
    },
  );

  it('a form does not undo what another administrator changed while it was open', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const form = await groupForm(administrator, 'tokens');
    await setSetting(server, 'grant_days', 30);
    const response = await administrator.send(form, { access_token_minutes: '5' });
    expect([response.status, text(await response.text())]).toEqual([
      409,
      expect.stringContaining('Another administrator changed'),
    ]);
    expect(await settingOf(server, 'access_token_minutes')).toBe(60);
    expect(await settingOf(server, 'grant_days')).toBe(30);
  });

  it('of fifty that send the same form at once, one saves, and the others are told', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const form = await groupForm(administrator, 'tokens');
    const days = Array.from({ length: 50 }, (_, index) => String(100 + index));
    const answers = await Promise.all(
      days.map(async (grant_days) => (await administrator.send(form, { grant_days })).status),
    );
    expect(answers.toSorted()).toEqual([200, ...Array(49).fill(409)]);
    expect((await events(server)).filter(({ type }) => type === 'setting.changed')).toHaveLength(1);
  });

  it('passwords are not switched off where nobody could sign in any more, and the page says why', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const response = await administrator.send(await groupForm(administrator, 'users'), { password_sign_in: '' });
    expect([response.status, text(await response.text())]).toEqual([
      409,
      expect.stringContaining('Nothing was saved:'),
    ]);
    expect(await settingOf(server, 'password_sign_in')).toBe(true);
  });

  it('what was changed is marked, and goes back to its default', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    await setSetting(server, 'sign_up', 'allow');
    const auditor = await signedInWith(server, ['auditor']);
    expect(await (await auditor.open('/console/settings')).text()).toContain('<strong>open to everyone</strong>');
    expect(text(await (await administrator.open('/console/settings')).text())).toContain(
      'Reset Sign-up to invited users only',
    );
    const { html, action } = await groupForm(administrator, 'users');
    const reset = html.split('<form').at(-1) ?? '';
    const formToken = /name="form_token" value="([^"]*)"/.exec(reset)?.[1] ?? '';
    const fields: [string, string][] = [['form_token', formToken]];
    const response = await administrator.send({ action, html, fields }, { reset: 'sign_up' });
    expect(text(await response.text())).toContain('has its default again');
    expect(await settingOf(server, 'sign_up')).toBe('deny');
    const elsewhere = await administrator.send({ action, html, fields }, { reset: 'brand_name' });
    expect(elsewhere.status).toBe(404);
  });
});

describe('the signing keys in the console', () => {
  it('are shown with their age and what they do, and nothing of them that is secret', async () => {
    const server = serve();
    const auditor = await signedInWith(server, ['auditor']);
    const html = await (await auditor.open('/console/keys')).text();
    const { keys } = (await (await server.fetch('/.well-known/jwks.json')).json()) as { keys: { kid: string }[] };
    for (const { kid } of keys) expect(html).toContain(kid);
    for (const [name, value] of Object.entries(bindings())) {
      if (/^(SIGNING_KEY|ROOT_SECRET)_/.test(name))
        expect(html).not.toContain(
          (JSON.parse(`${value}`.startsWith('{') ? `${value}` : `{"d":"${value}"}`) as { d: string }).d,
        );
    }
  });

  it('one that has signed for half a year is to be replaced, step by step', async () => {
    const env = bindings();
    const [day] = [new Date(Date.now() - (ROTATE_AFTER_DAYS + 1) * 86_400_000).toISOString().slice(0, 10)];
    const key = { ...(JSON.parse(env.SIGNING_KEY_1 ?? '{}') as Record<string, unknown>), kid: `${day}-aaaa` };
    const server = serve({ ...env, SIGNING_KEY_1: JSON.stringify(key), SIGN_WITH: '1,2' });
    const administrator = await administratorAt(server);
    const said = text(await (await administrator.open('/console/keys')).text());
    expect(said).toContain(`The key in slot 1 has signed for ${ROTATE_AFTER_DAYS + 1} days`);
    expect(said).toMatch(/wrangler secret put SIGNING_KEY_\d/);
    expect(said).toMatch(/SIGN_WITH = "\d,2"/);
    expect(said).toContain('wrangler secret delete SIGNING_KEY_1');
    vi.useRealTimers();
  });
});
