/** The commands of README and docs/, run as they stand there: each page is one script, beside the running Worker. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { registryOf } from '../../scripts/wrangler.ts';
import { admin } from '../support/admin.ts';
import { freePorts } from '../support/example.ts';
import { Person, parseForm } from '../support/person.ts';
import { freePort } from '../support/started.ts';

const WRANGLER = join('node_modules', 'wrangler', 'wrangler-dist', 'cli.js');
const PAGES = [
  'README.md',
  'examples/README.md',
  ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [join('docs', name)] : [])),
];

/** What a page's script must have printed in the end, besides ending well. */
const PRINTS: Record<string, RegExp[]> = {
  'README.md': [/"access_token":"ey/, /"email":"admin@example.com"/],
  'examples/README.md': [
    /HTTP\/1.1 401 [\s\S]*resource_metadata="[^"]*\/.well-known\/oauth-protected-resource\/mcp"/,
    /npm run admin -- resources put http:\S+\/mcp --name Notes/,
    /"read_notes"[\s\S]*"write_note"[\s\S]*Exiting OK/,
    /HTTP\/1.1 401 [\s\S]*Access-Control-Allow-Origin: http:/i,
    /tasks\.read tasks\.write offline_access/,
  ],
  'docs/set-it-up.md': [
    /refresh_grace_seconds/,
    /\/welcome\?link=/,
    /client\.secret-rotated/,
    /--dry-run: nothing was asked or changed/,
  ],
  'docs/running-it.md': [/admin@example\.com .*administrator/, /\/welcome\?link=/],
  'docs/operations.md': [
    /wrangler d1 create postern-apac --location apac/,
    /SIGNING_KEY_1 +ES256 .* signs, the default/,
    /SIGN_WITH is 3,2 in \.dev\.vars/,
    /SIGNING_KEY_1 is gone/,
    /ROOT_SECRET_1 +opens only\nROOT_SECRET_2 +seals/,
  ],
  'docs/api-keys.md': [/"api_key":"k_\w{22}"/, /401\n401$/m, /Nightly backup +profile email +until/, /^Revoked\.$/m],
  'docs/machines-and-devices.md': [
    /authorization_pending/,
    /"issued_token_type":"urn:ietf:params:oauth:token-type:access_token"/,
    /client_name +Described/,
    /"client_name":"Partner"/,
    /"active":true/,
    /"active":false/,
  ],
  'docs/connected-apps.md': [
    /^mcp +MCP server +needs resource/m,
    /redirect_uri +http:\/\/localhost:\d+\/connected-apps\/github\/callback/,
    /registered +document/,
    /"app":"itself","name":"This very server","state":"not_connected"/,
    /"error":"connection_required"/,
    /^\d+ sealed again; 0 cannot be read/m,
  ],
  'docs/social-login.md': [
    /^office365 +Microsoft +needs tenants/m,
    /^work +keycloak +Work account +not shown: the issuer must be given/m,
    /redirect_uri +http:\/\/localhost:\d+\/social-login\/itself\/callback/,
    /why_not_shown +null/,
    /^Deleted. 0 people signed in with it/m,
  ],
  'docs/workers-of-the-same-account.md': [/notes\.read/],
  'docs/your-single-page-app.md': [/access-control-allow-origin: http:\/\/localhost:5173/i],
  'docs/protect-an-api.md': [
    /HTTP\/1.1 401 [\s\S]*Bearer scope="notes.read", resource_metadata="[^"]*\/.well-known\/oauth-protected-resource"/,
    /"authorization_servers":\["http:\/\/localhost:/,
    /"hello":"c_\w+"/,
    /HTTP\/1.1 403 [\s\S]*error="insufficient_scope"/,
  ],
  'docs/use-it-as-your-oauth-service.md': [
    /"email":"admin@example.com"/,
    /u_\w+ may openid profile email/,
    /dpop \{[\s\S]*email: 'admin@example.com'/,
  ],
};

/** A command that needs an account at Cloudflare: its words and its options. Values of ours begin with "postern". What
 * it is piped from runs here. */
function partsOf(line: string): { words: string[]; options: string[] } {
  const [command = '', from] = line.split(' | ').reverse();
  if (from) expect(execFileSync('bash', ['-c', from], { encoding: 'utf8' }).length, from).toBeGreaterThan(40);
  const [npx, wrangler, ...rest] = command.split(' ');
  expect(`${npx} ${wrangler}`, line).toBe('npx wrangler');
  const end = rest.findIndex((part) => !/^[a-z0-9][a-z0-9-]*$/.test(part) || part.startsWith('postern'));
  return { words: rest.slice(0, end < 0 ? undefined : end), options: rest.filter((part) => part.startsWith('--')) };
}

/** The fenced blocks of a page, with what stands behind the fence. */
function fences(page: string): { info: string; text: string }[] {
  const found = readFileSync(page, 'utf8').matchAll(/^```(.*)\n([\s\S]*?)^```$/gm);
  return [...found].map(([, info = '', text = '']) => ({ info, text }));
}

const blocks = (page: string, wanted: string): string[] =>
  fences(page)
    .filter(({ info }) => info === wanted)
    .map(({ text }) => text);

/** The page as one script: `sh` is typed here, `sh beside` in a second terminal. */
function scriptOf(page: string): string {
  const typed = fences(page).map(({ info, text }) =>
    info === 'sh beside' ? `{ ${text}} &` : info === 'sh' ? text : '',
  );
  return ['set -euo pipefail', ...typed].join('\n');
}

let folder = '';

beforeAll(() => {
  // A checkout of its own, so that what a page writes does not land in this one.
  folder = mkdtempSync(join(tmpdir(), 'postern-docs-'));
  for (const name of readdirSync('.').filter((name) => !['dist', '.git', '.wrangler', '.dev.vars'].includes(name))) {
    const own = join(folder, name);
    // What is packed must be files: npm leaves links out.
    if (statSync(name).isFile()) copyFileSync(name, own);
    else symlinkSync(join(process.cwd(), name), own);
  }
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  // What the pages changed is as it was, for the tests after these.
  const { settings } = await admin<{ settings: { name: string; value: unknown; default: unknown }[] }>(
    'settings',
    'list',
  );
  for (const { name, value, default: before } of settings) {
    if (value !== before) await admin('settings', 'set', name, String(before));
  }
  const { resources } = await admin<{ resources: { resource: string }[] }>('resources', 'list');
  for (const { resource } of resources) await admin('resources', 'delete', resource);
});

/** Runs a page; where it shows an address to sign in or to allow a device at, and waits, a person does what it says. */
async function follow(page: string): Promise<{ code: number; output: string }> {
  const { url, stateFolder, email, password } = inject('worker');
  // What a page does to the keys is not for the server that the next page asks.
  const own = mkdtempSync(join(folder, 'state-'));
  copyFileSync(join(stateFolder, '.dev.vars'), join(own, '.dev.vars'));
  const ports = await freePorts();
  const script = scriptOf(page)
    .replaceAll('http://localhost:8787', url)
    // Two runs at once on one machine write to two places.
    .replaceAll('/tmp/', `${folder}/tmp-`)
    .replaceAll('8788', String(await freePort()))
    .replaceAll('localhost:8790', `localhost:${ports.MCP_PORT}`)
    .replaceAll('localhost:8791', `localhost:${ports.API_PORT}`)
    .replaceAll('localhost:8792', `localhost:${ports.APP_PORT}`);
  const child = spawn('bash', ['-c', script], {
    cwd: folder,
    // A process group of its own: what it started beside itself ends with it.
    detached: true,
    env: {
      ...{ ...process.env, ...ports, STATE_DIR: own, PORT: new URL(url).port },
      // Where the running Worker is found by its name; and what would open a browser does nothing.
      ...{ WRANGLER_REGISTRY_PATH: registryOf(stateFolder), MCP_REMOTE_CONFIG_DIR: own, BROWSER: 'true' },
    },
  });
  let output = '';
  let handled = 0;
  const look = async (chunk: Buffer) => {
    output += chunk;
    const shown = output.match(/(?<!")http:[^\s"]+\/(?:authorize|device)\?\S+(?=\n)/g) ?? [];
    const address = shown[handled];
    if (!address) return;
    handled++;
    const person = new Person(fetch, url);
    if (address.includes('/device?')) {
      const asked = await person.signIn(email, password, address.slice(url.length));
      await person.send(parseForm(await asked.text(), '/device'), { decision: 'allow' });
      child.stdin.write('\n');
    } else {
      const back = await person.authorise(address, { email, password });
      child.stdin.write(`${back.searchParams.get('code')}\n`);
      // Where a client of this machine waits for it.
      if (back.hostname === 'localhost') await fetch(back).catch(() => undefined);
    }
  };
  child.stdout.on('data', look);
  child.stderr.on('data', look);
  const closed = new Promise((resolve) => child.on('close', resolve));
  const code = await new Promise<number>((resolve) => child.on('exit', (status) => resolve(status ?? 1)));
  // A background command that ended by itself leaves nothing to end.
  if (child.pid) spawnSync('kill', ['--', `-${child.pid}`]);
  await closed;
  return { code, output };
}

describe('the commands of the documentation', () => {
  for (const page of PAGES.filter((page) => blocks(page, 'sh').length > 0)) {
    it(`${page} works as it stands there`, { timeout: 180_000 }, async () => {
      const { code, output } = await follow(page);
      expect(code, output).toBe(0);
      for (const printed of PRINTS[page] ?? [/^$/]) expect(output).toMatch(printed);
    });
  }

  it('those that start something are scripts of the package', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const lines = PAGES.flatMap((page) => blocks(page, 'sh start'))
      .join('')
      .trim()
      .split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(scripts).toHaveProperty(/^npm ci && npm (?:run )?(\w+)/.exec(line)?.[1] ?? line);
  });

  it('those that need an account exist in this wrangler, with these options', { timeout: 120_000 }, () => {
    const lines = PAGES.flatMap((page) => blocks(page, 'sh wrangler'))
      .join('')
      .trim()
      .split('\n');
    expect(lines.length).toBeGreaterThan(5);
    for (const line of new Set(lines)) {
      const { words, options } = partsOf(line);
      const help = execFileSync(process.execPath, [WRANGLER, ...words, '--help'], { encoding: 'utf8' });
      expect(help, line).toContain(`wrangler ${words.join(' ')}`);
      for (const option of options) expect(help, line).toContain(option);
    }
  });

  it('links lead to files that exist', () => {
    for (const page of PAGES) {
      for (const [, target] of readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
        expect(() => readFileSync(join(page, '..', target ?? '')), `${page}: ${target}`).not.toThrow();
      }
    }
  });
});
