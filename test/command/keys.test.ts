/**
 * `npm run keys`: a server's keys replaced with the command alone, a restart between the steps, tokens in use all
 * along.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { formatVars, newSecrets } from '../../scripts/secrets.ts';
import { adminAt } from '../support/admin.ts';
import { type CommandResult, scriptApart } from '../support/script-here.ts';
import { freePort, type Started, start, stopAll } from '../support/started.ts';
import { User } from '../support/user.ts';

const folders: string[] = [];

afterAll(async () => {
  await stopAll();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

let stateFolder = '';
let port = 1;
const file = () => join(stateFolder, '.dev.vars');
const values = () => parseEnv(readFileSync(file(), 'utf8'));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-keys-'));
  folders.push(folder);
  return folder;
}

const keys = (...words: string[]): Promise<CommandResult> =>
  scriptApart('keys', words, { folder: process.cwd(), env: { STATE_DIR: stateFolder, PORT: String(port) } });

/** The output of a step, which must succeed and contain no secret. */
async function step(...words: string[]): Promise<string> {
  const before = Object.values(values());
  const { code, stdout, stderr } = await keys(...words);
  expect([code, stderr]).toEqual([0, '']);
  const secrets = [...before, ...Object.values(values())].flatMap((value = '') =>
    value.startsWith('{') ? [JSON.parse(value).d] : value.length > 8 ? [value] : [],
  );
  for (const secret of secrets) expect(stdout).not.toContain(secret);
  return stdout;
}

describe('npm run keys, with no server running', () => {
  const comment = '# A line of my own';

  beforeEach(() => {
    stateFolder = newFolder();
    const vars = formatVars({ ...newSecrets('admin@example.com'), SIGN_WITH: '1,2', SEAL_WITH: '1' });
    writeFileSync(file(), `${comment}\n${vars}`, { mode: 0o600 });
  });

  it('lists what each slot does, and tells no secret', async () => {
    const listed = await step('list');
    expect(listed).toMatch(
      /^SIGNING_KEY_1 {2}ES256 {2}\S+ {2}signs, the default\nSIGNING_KEY_2 {2}RS256 {2}\S+ {2}signs\n$/,
    );
    expect(await step('list', '--root')).toBe('ROOT_SECRET_1  seals\n');
  });

  it('a key of another algorithm signs beside the others, and first only where it is told to', async () => {
    expect(await step('add', '--alg', 'EdDSA')).toContain(
      'keys -- fresh --alg EdDSA | npm run secrets -- put SIGNING_KEY_3',
    );
    expect(await step('promote', '3')).toMatch(
      /server\.\n\nIn production, .*\n {2}SIGN_WITH = "1,2,3"\n {2}npm run deploy\n$/,
    );
    expect(values().SIGN_WITH).toBe('1,2,3');
    // Production, as wrangler.toml has it, did not come along: that is said, lest the wrong slots sign there.
    expect(await step('promote', '3', '--default')).toContain(
      'wrangler.toml says SIGN_WITH = "1,2", and .dev.vars said "1,2,3": production may have other slots',
    );
    expect(values().SIGN_WITH).toBe('3,1,2');
    // The default of a new key follows its algorithm.
    await step('add', '--alg', 'EdDSA');
    expect(await step('promote', '4')).toMatch(/Wait an hour.*\n {2}npm run keys -- retire 3\n$/s);
    expect(values().SIGN_WITH).toBe('4,1,2');
    expect(await step('list')).toMatch(
      /SIGNING_KEY_3 {2}EdDSA {2}\S+ {2}verifies only\n.*_4 {2}EdDSA {2}\S+ {2}signs, the default/,
    );
  });

  it('slots keep their number: gaps stay, the next one comes after the last', async () => {
    await step('add');
    await step('promote', '3');
    await step('retire', '1');
    expect(await step('add')).toContain('SIGNING_KEY_4 stands in .dev.vars');
    expect(Object.keys(values()).filter((name) => name.startsWith('SIGNING'))).toEqual([
      'SIGNING_KEY_2',
      'SIGNING_KEY_3',
      'SIGNING_KEY_4',
    ]);
  });

  it('keeps whatever else stands in the file, and keeps it from others', async () => {
    const { ADMIN_PASSWORD } = values();
    await step('add');
    await step('add', '--root');
    expect(readFileSync(file(), 'utf8')).toMatch(new RegExp(`^${comment}\n`));
    expect(values().ADMIN_PASSWORD).toBe(ADMIN_PASSWORD);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file()}.new`)).toBe(false);
  });

  it('fresh prints a value for a pipe, another each time, and writes nothing', async () => {
    const before = readFileSync(file(), 'utf8');
    const [one, two] = [await keys('fresh', '--alg', 'RS256'), await keys('fresh', '--alg', 'RS256')];
    expect(JSON.parse(one.stdout)).toMatchObject({ kty: 'RSA', alg: 'RS256' });
    expect(JSON.parse(one.stdout).kid).not.toBe(JSON.parse(two.stdout).kid);
    expect(Buffer.from((await keys('fresh', '--root')).stdout, 'base64url')).toHaveLength(32);
    expect(readFileSync(file(), 'utf8')).toBe(before);
  });

  it.each([
    [['retire', '1'], /^SIGNING_KEY_1 signs: promote another signing key first \(or, .*SIGN_WITH='2'\)\.\n$/],
    [['retire', '1', '--root'], /^ROOT_SECRET_1 seals: promote another root secret first\.\n$/],
    [['promote', '7'], /^There is no SIGNING_KEY_7\. There are: SIGNING_KEY_1, SIGNING_KEY_2\.\n$/],
    [['add', '--alg', 'HS256'], /^--alg must be one of: ES256, RS256, EdDSA\.\n$/],
    [['promote'], /^npm run keys -- /],
    [['add', '3'], /^npm run keys -- /],
    [['toString'], /^npm run keys -- /],
    [['list', '--colour'], /colour/],
  ])('%j is refused with a sentence, and nothing is written', async (words, sentence) => {
    const before = readFileSync(file(), 'utf8');
    const { code, stdout, stderr } = await keys(...words);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(sentence);
    expect(readFileSync(file(), 'utf8')).toBe(before);
  });

  it('leaves a file alone that it cannot change line by line', async () => {
    const { SIGNING_KEY_1 = '' } = values();
    const spread = JSON.stringify(JSON.parse(SIGNING_KEY_1), null, 1);
    const text = readFileSync(file(), 'utf8').replace(SIGNING_KEY_1, spread);
    writeFileSync(file(), text);
    await step('add');
    await step('promote', '3');
    const before = readFileSync(file(), 'utf8');
    const { code, stderr } = await keys('retire', '1');
    expect([code, stderr]).toEqual([1, '.dev.vars was left as it is: write SIGNING_KEY_1 once, and on one line.\n']);
    expect(readFileSync(file(), 'utf8')).toBe(before);
  });

  it('a root secret with which something may be sealed is not retired unasked: the server seals that again first', async () => {
    port = await freePort();
    await step('add', '--root');
    await step('promote', '2', '--root');
    const before = readFileSync(file(), 'utf8');
    const { code, stderr } = await keys('retire', '1', '--root');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^ROOT_SECRET_1 stays, because .*\. Nothing answers at .*: is the server running/),
    ]);
    expect(readFileSync(file(), 'utf8')).toBe(before);
  });

  it('says that there is nothing yet', async () => {
    stateFolder = newFolder();
    expect((await keys('list')).stderr).toBe('There is no .dev.vars yet: run "npm start" first.\n');
  });
});

type Tokens = { access_token: string; refresh_token: string };

describe('npm run keys, beside a server in use', () => {
  let server: Started;
  let user: User;
  let clientId = '';
  const redirect_uri = 'https://app.example/cb';
  const verifier = 'a-verifier-that-is-long-enough-to-be-one-0123456789';

  const token = async (body: Record<string, string>) => {
    const form = new URLSearchParams({ client_id: clientId, ...body });
    return fetch(`${server.url}/token`, { method: 'POST', body: form });
  };

  /** A new grant of the user who is signed in. */
  async function obtain(): Promise<Tokens> {
    const { ADMIN_EMAIL: email = '', ADMIN_PASSWORD: password = '' } = values();
    const code_challenge = createHash('sha256').update(verifier).digest('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri,
      scope: 'openid profile',
      code_challenge,
      code_challenge_method: 'S256',
    });
    const code = (await user.authorise(`/authorize?${query}`, { email, password })).searchParams.get('code') ?? '';
    const response = await token({ grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier });
    expect(response.status).toBe(200);
    return (await response.json()) as Tokens;
  }

  const refreshed = async ({ refresh_token }: Tokens) => token({ grant_type: 'refresh_token', refresh_token });

  const use = async ({ access_token }: Tokens) =>
    (await fetch(`${server.url}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } })).status;

  const slotOf = (kid: string) => Object.entries(values()).find(([, value]) => value?.includes(kid))?.[0];

  it('what was added is promoted, the one before retired, of both kinds; nothing in use fails', {
    timeout: 120_000,
  }, async () => {
    stateFolder = newFolder();
    port = await freePort();
    const options = { stateFolder, port };
    const restart = async () => {
      await server.stop();
      server = await start(options);
    };
    const vars = formatVars({ ...newSecrets('admin@example.com'), SIGN_WITH: '1,2', SEAL_WITH: '1' });
    writeFileSync(file(), vars, { mode: 0o600 });
    await step('add');
    await step('add', '--root');
    server = await start(options);
    user = new User(fetch, server.url);
    const made = await adminAt(
      options,
      'clients',
      'create',
      '--name',
      'In use',
      '--redirect-uri',
      redirect_uri,
      '--auth-method',
      'none',
      '--grant-type',
      'authorization_code',
      '--grant-type',
      'refresh_token',
      '--json',
    );
    clientId = JSON.parse(made.stdout).client_id;
    let tokens = await obtain();
    const credentials = ['--client-id', 'x', '--client-secret', 'y', '--json'];
    for (const noun of ['connected-apps', 'social-logins'])
      expect((await adminAt(options, noun, 'create', 'kept', 'github', ...credentials)).code).toBe(0);

    for (const [verb, signing, root] of [
      ['promote', ['3'], ['2']],
      ['retire', ['1'], ['1']],
    ] as const) {
      await step(verb, ...signing);
      const said = await step(verb, ...root, '--root');
      if (verb === 'promote') {
        // Stored secrets are sealed again by a server that has the new root secret.
        const { code, stderr } = await keys('retire', '1', '--root');
        expect([code, stderr]).toEqual([
          1,
          expect.stringContaining('still seals with ROOT_SECRET_1. Restart it first'),
        ]);
      } else expect(said).toMatch(/^2 stored secrets and tokens were sealed again\.\n/);
      await restart();
      expect(await use(tokens), `the access token from before ${verb}`).toBe(200);
      const response = await refreshed(tokens);
      expect(response.status, `the refresh token from before ${verb}`).toBe(200);
      expect(await use((await response.json()) as Tokens)).toBe(200);
      // The session outlives every step: nobody signs in again.
      tokens = await obtain();
      const { kid } = JSON.parse(Buffer.from(tokens.access_token.split('.')[0] ?? '', 'base64url').toString());
      expect(slotOf(kid)).toBe('SIGNING_KEY_3');
    }
    const { stdout } = await adminAt(options, 'connected-apps', 'reseal', '--json');
    expect(JSON.parse(stdout)).toEqual({ sealed_with: '2', resealed: 0, unreadable: 0 });
    const names = Object.keys(values()).filter((name) => /^(SIGNING_KEY|ROOT_SECRET)_/.test(name));
    expect(names.sort()).toEqual(['ROOT_SECRET_2', 'SIGNING_KEY_2', 'SIGNING_KEY_3']);
    await server.stop();
  });
});
