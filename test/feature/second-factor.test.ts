/** Two-step sign-in: setting it up, signing in with it, and what it withstands. */
import { describe, expect, it, vi } from 'vitest';
import { Authenticator } from '../support/authenticator.ts';
import { ADMINISTRATOR } from '../support/client.ts';
import {
  ADD_FACTOR,
  codeOf,
  enrolIn,
  FACTOR_SIGN_IN,
  keyOn,
  recoveryCodesOn,
  signInWithCode,
} from '../support/second-factor.ts';
import { administer, ISSUER, type Server, serve } from '../support/server.ts';
import { type Form, parseForm, readForm, text, type User } from '../support/user.ts';
import { zerlinaAt } from '../support/user-account.ts';

const { email, password } = ADMINISTRATOR;
const PAGE = '/account/second-factor';
const later = (seconds: number) => vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] });
const show = async (user: User, path: string) => text(await (await user.open(path)).text());
const isIn = async (user: User) => (await user.request('/account')).status === 200;

/** An administrator with two-step sign-in, in a browser that is signed in. */
async function enrolled(server: Server) {
  const user = server.user();
  await user.signIn(email, password);
  return { user, ...(await enrolIn(user)) };
}

const auditTypes = async (server: Server) => {
  const { results } = await server.env.DB.prepare('SELECT type FROM audit_events ORDER BY at').all<{ type: string }>();
  return results.map(({ type }) => type);
};

describe('setting up two-step sign-in', () => {
  it('shows a QR code as SVG and the key, and turns on when the app shows the right code', async () => {
    const server = serve();
    const user = server.user();
    await user.signIn(email, password);
    const html = await (await user.open(ADD_FACTOR)).text();
    expect(html).toMatch(/<svg class="qr" role="img"[^>]*viewBox="0 0 \d+ \d+"/);
    expect(keyOn(html)).toMatch(/^[A-Z2-7]{32}$/);
    const done = await user.send(parseForm(html, ADD_FACTOR), { code: codeOf(keyOn(html)) });
    const codes = recoveryCodesOn(await done.text());
    expect(new Set(codes).size).toBe(10);
    expect(await show(user, PAGE)).toContain('10 are left');
    expect(await auditTypes(server)).toContain('second-factor.added');
  });

  it('keeps the same key after a wrong code, and adds nothing', async () => {
    const server = serve();
    const user = server.user();
    await user.signIn(email, password);
    const html = await (await user.open(ADD_FACTOR)).text();
    const again = await user.send(parseForm(html, ADD_FACTOR), { code: '000000' });
    expect(again.status).toBe(400);
    expect(keyOn(await again.text())).toBe(keyOn(html));
    expect(await show(user, PAGE)).toContain('It is off');
  });

  it('needs a recent sign-in, and a form of this session', async () => {
    const server = serve();
    const user = server.user();
    await user.signIn(email, password);
    const form = await readForm(await user.open(ADD_FACTOR), ADD_FACTOR);
    const { zerlina } = await zerlinaAt(server);
    const own = await readForm(await zerlina.open(ADD_FACTOR), ADD_FACTOR);
    const enrolment = form.fields.find(([name]) => name === 'enrolment')?.[1] ?? '';
    expect((await zerlina.send(own, { enrolment, code: codeOf(keyOn(form.html)) })).status).toBe(400);
    later(601);
    const asked = await user.send(form, { code: codeOf(keyOn(form.html)) });
    expect(text(await asked.text())).toContain('Please sign in again');
  });

  it('is done once by fifty forms at once: one shows recovery codes, and those work', async () => {
    const server = serve();
    const user = server.user();
    await user.signIn(email, password);
    const form = await readForm(await user.open(ADD_FACTOR), ADD_FACTOR);
    const code = codeOf(keyOn(form.html));
    const cookies = new Map(user.cookies);
    const pages = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const tab = server.user();
        for (const [name, value] of cookies) tab.cookies.set(name, value);
        return recoveryCodesOn(await (await tab.send(form, { code })).text());
      }),
    );
    const shown = pages.filter((codes) => codes.length > 0);
    expect(shown).toHaveLength(1);
    const guest = server.user();
    const asked = await guest.signIn(email, password);
    const used = await guest.send(await readForm(asked, FACTOR_SIGN_IN), {
      code: '',
      recovery_code: shown[0]?.[0] ?? '',
    });
    expect(used.status).toBe(200);
    expect(await isIn(guest)).toBe(true);
  });

  it('ends the other sessions, which have no second factor, and raises the one it was done in', async () => {
    const server = serve();
    const other = server.user();
    await other.signIn(email, password);
    const { user } = await enrolled(server);
    expect(await isIn(other)).toBe(false);
    expect(await isIn(user)).toBe(true);
    const { results } = await server.env.DB.prepare('SELECT amr FROM sessions WHERE ended_at IS NULL').all();
    expect(results).toEqual([{ amr: '["pwd","otp","mfa"]' }]);
  });

  it('stores the secret sealed, and of a recovery code its hash', async () => {
    const server = serve();
    const { key, codes } = await enrolled(server);
    const rows = await server.env.DB.prepare('SELECT * FROM second_factors').all();
    const hashes = await server.env.DB.prepare('SELECT * FROM recovery_codes').all();
    expect(rows.results).toHaveLength(1);
    expect(hashes.results).toHaveLength(10);
    const stored = JSON.stringify([rows.results, hashes.results]);
    expect(stored).not.toContain(key);
    for (const code of codes) expect(stored).not.toContain(code.replaceAll('-', ''));
  });
});

describe('signing in in two steps', () => {
  it('asks for the code after the password, and signs in with both; the session says how (RFC 8176 §2)', async () => {
    const server = serve();
    const { key } = await enrolled(server);
    const user = server.user();
    const asked = await user.signIn(email, password);
    expect(text(await asked.clone().text())).toContain('Enter your code');
    expect(user.cookies.has('__Host-session')).toBe(false);
    expect(await isIn(user)).toBe(false);
    const done = await user.send(await readForm(asked, FACTOR_SIGN_IN), { code: codeOf(key) });
    expect(done.status).toBe(200);
    expect(await isIn(user)).toBe(true);
    expect(user.cookies.has('__Host-pending-sign-in')).toBe(false);
  });

  it('leads on to the page that asked for the sign-in', async () => {
    const server = serve();
    const { key } = await enrolled(server);
    const user = server.user();
    const html = await (await user.open('/account/profile')).text();
    const asked = await user.send(parseForm(html, '/sign-in'), { email, password });
    const done = await user.send(await readForm(asked, FACTOR_SIGN_IN), { code: codeOf(key) });
    expect(text(await done.text())).toContain('Profile');
  });

  it.each([0, 1])('takes a code with a space, as apps show it, also of another time step: %i', async (steps) => {
    const server = serve();
    const { key } = await enrolled(server);
    const user = server.user();
    const code = codeOf(key, steps);
    await signInWithCode(user, ADMINISTRATOR, `${code.slice(0, 3)} ${code.slice(3)}`);
    expect(await isIn(user)).toBe(true);
  });

  it('takes no code twice, nor an earlier one after a later one (RFC 6238 §5.2)', async () => {
    const server = serve();
    const { key } = await enrolled(server);
    const first = server.user();
    await signInWithCode(first, ADMINISTRATOR, codeOf(key, 1));
    expect(await isIn(first)).toBe(true);
    for (const steps of [1, 0, -1]) {
      const second = server.user();
      const refused = await signInWithCode(second, ADMINISTRATOR, codeOf(key, steps));
      expect(refused.status).toBe(400);
      expect(await isIn(second)).toBe(false);
    }
  });

  /** Fifty browsers between the two steps. */
  async function contenders(server: Server) {
    await administer(server, 'PUT', '/settings/sign_in_account_failures', { value: 100 });
    const browsers: { user: User; form: Form }[] = [];
    for (let n = 0; n < 50; n++) {
      const user = server.user();
      user.address = `203.0.113.${n}`;
      browsers.push({ user, form: await readForm(await user.signIn(email, password), FACTOR_SIGN_IN) });
    }
    return browsers;
  }

  it('of fifty browsers with the same code at once, exactly one is signed in', async () => {
    const server = serve();
    const { key } = await enrolled(server);
    const browsers = await contenders(server);
    const code = codeOf(key);
    await Promise.all(browsers.map(({ user, form }) => user.send(form, { code })));
    const signedIn = await Promise.all(browsers.map(({ user }) => isIn(user)));
    expect(signedIn.filter(Boolean)).toHaveLength(1);
  });

  it('of fifty browsers with the same recovery code at once, exactly one is signed in', async () => {
    const server = serve();
    const { codes } = await enrolled(server);
    const browsers = await contenders(server);
    await Promise.all(browsers.map(({ user, form }) => user.send(form, { recovery_code: codes[0] ?? '' })));
    const signedIn = await Promise.all(browsers.map(({ user }) => isIn(user)));
    expect(signedIn.filter(Boolean)).toHaveLength(1);
  });

  it('a passkey that verified its user is enough alone', async () => {
    const server = serve();
    const { user } = await enrolled(server);
    const device = new Authenticator(ISSUER);
    const adding = await readForm(await user.open('/account/passkeys/add'), '/account/passkeys/add');
    await user.send(adding, { name: 'Laptop', passkey: await device.create(adding) });
    const other = server.user();
    const html = await (await other.signIn(email, password)).text();
    const [code, passkey] = [parseForm(html, FACTOR_SIGN_IN), parseForm(html, '/sign-in/passkey')];
    const form = { ...passkey, fields: [...passkey.fields, ...code.fields] };
    expect((await other.send(form, { passkey: await device.get(form) })).status).toBe(200);
    expect(await isIn(other)).toBe(true);
  });
});

describe('recovery codes', () => {
  const useCode = async (server: Server, code: string) => {
    const user = server.user();
    const form = await readForm(await user.signIn(email, password), FACTOR_SIGN_IN);
    await user.send(form, { recovery_code: code });
    return isIn(user);
  };

  it('sign in once each, written in any way, and are counted', async () => {
    const server = serve();
    const { user, codes } = await enrolled(server);
    expect(await useCode(server, ` ${codes[0]?.toUpperCase().replaceAll('-', ' ')} `)).toBe(true);
    expect(await useCode(server, codes[0] ?? '')).toBe(false);
    expect(await useCode(server, codes[1] ?? '')).toBe(true);
    expect(await show(user, PAGE)).toContain('8 are left');
    expect(await auditTypes(server)).toContain('recovery-code.used');
  });

  it('of another user do not sign in', async () => {
    const server = serve();
    await enrolled(server);
    const { zerlina } = await zerlinaAt(server);
    const { codes } = await enrolIn(zerlina);
    expect(await useCode(server, codes[0] ?? '')).toBe(false);
  });

  it('are replaced by new ones, after which the old ones do not sign in', async () => {
    const server = serve();
    const { user, codes } = await enrolled(server);
    const path = `${PAGE}/recovery-codes`;
    const renewed = recoveryCodesOn(await (await user.send(await readForm(await user.open(path), path))).text());
    expect(renewed).toHaveLength(10);
    expect(await useCode(server, codes[0] ?? '')).toBe(false);
    expect(await useCode(server, renewed[0] ?? '')).toBe(true);
  });
});

describe('turning two-step sign-in off', () => {
  it('needs a recent sign-in with both steps, and then the password alone signs in', async () => {
    const server = serve();
    const { user, key } = await enrolled(server);
    const path = `${PAGE}/remove`;
    const form = await readForm(await user.open(path), path);
    later(601);
    const asked = await (await user.send(form)).text();
    const second = await user.send(parseForm(asked, '/sign-in'), { email, password });
    const back = await user.send(await readForm(second, FACTOR_SIGN_IN), { code: codeOf(key) });
    const done = await user.send(await readForm(back, path));
    expect(text(await done.text())).toContain('Two-step sign-in is off');
    const other = server.user();
    await other.signIn(email, password);
    expect(await isIn(other)).toBe(true);
    const left = await server.env.DB.prepare('SELECT (SELECT COUNT(*) FROM recovery_codes) AS n').first();
    expect(left).toEqual({ n: 0 });
    expect(await auditTypes(server)).toContain('second-factor.removed');
  });
});
