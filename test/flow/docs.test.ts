/** The commands of README and docs/, run as they stand there: each page is one script, beside the running Worker. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { registryOf } from '../../scripts/wrangler.ts';
import { admin } from '../support/admin.ts';
import { BESIDE, DOCS, fences } from '../support/documentation.ts';
import { freePorts } from '../support/example.ts';
import { type NpmHere, startNpmHere } from '../support/npm-here.ts';
import { freePort } from '../support/started.ts';
import { parseForm, User } from '../support/user.ts';
import { wranglerOptions } from '../support/wrangler-options.ts';

const PAGES = [...BESIDE, ...DOCS];

/** A client with a secret was created. */
const CREATED = /client_secret +ps_/;

/** The output that a page's script must have printed, besides success. */
const PRINTS: Record<string, RegExp[]> = {
  'README.md': [/"issuer": "http:/],
  'docs/tutorials/first-token.md': [/"access_token":"ey/, /"email":"admin@example.com"/, /"refresh_token":"pr_\w+_1_/],
  'examples/README.md': [
    /HTTP\/1.1 401 [\s\S]*resource_metadata="[^"]*\/.well-known\/oauth-protected-resource\/mcp"/,
    /npm run admin -- resources put http:\S+\/mcp --name Notes/,
    /"read_notes"[\s\S]*"write_note"[\s\S]*Exiting OK/,
    /HTTP\/1.1 401 [\s\S]*Access-Control-Allow-Origin: http:/i,
    /tasks\.read tasks\.write offline_access/,
  ],
  'docs/how-to/install-and-deploy.md': [
    /refresh_grace_seconds/,
    /\/welcome\?link=/,
    /client\.secret-rotated/,
    /--dry-run: nothing was changed/,
  ],
  'docs/how-to/administer.md': [/admin@example\.com .*administrator/, /\/welcome\?link=/],
  'docs/how-to/operate.md': [
    /wrangler d1 create postern-shard-apac --location apac/,
    /SIGNING_KEY_1 +ES256 .* signs, the default/,
    /SIGN_WITH is 3,2 in \.dev\.vars/,
    /SIGNING_KEY_1 is gone/,
    /ROOT_SECRET_1 +opens only\nROOT_SECRET_2 +seals/,
    /Nothing was revoked or deleted since then|to do: --apply/,
  ],
  'docs/how-to/languages.md': [/"es"/, /<html lang="de">/, /\/welcome\?link=/],
  'docs/how-to/api-keys.md': [
    /"api_key":"k_\w{22}"/,
    /401\n401$/m,
    /Nightly backup +u_\S+ +profile email +20/,
    /^Revoked\.$/m,
  ],
  'docs/how-to/move-from-frappe.md': [
    /Dry run: nothing was imported/,
    /argon2 needs too much memory/,
    /^Imported\.$/m,
    /ada@site\.example +Ada Lovelace +sales-user frappe-auditor desk-user/,
    /client_id +c0ffee1234/,
  ],
  'docs/how-to/grants-without-a-browser.md': [
    /authorization_pending/,
    /"issued_token_type":"urn:ietf:params:oauth:token-type:access_token"/,
    /client_name +Described/,
    /"client_name":"Partner"/,
    /"active":true/,
    /"active":false/,
  ],
  'docs/how-to/workloads.md': [/("access_token":"ey[\s\S]*){2}/],
  'docs/how-to/connected-apps.md': [
    /^Template +Title +Needs /m,
    /^mcp +MCP server +resource /m,
    /redirect_uri +http:\/\/localhost:\d+\/connected-apps\/github\/callback/,
    /registered +document/,
    /"app":"itself","name":"This very server","state":"not_connected"/,
    /"error":"connection_required"/,
    /^\d+ sealed again; 0 cannot be read/m,
  ],
  'docs/how-to/social-login.md': [
    /^Provider +Title +Needs /m,
    /^microsoft +Microsoft +tenants /m,
    /^work +Work account +keycloak +the issuer must be given/m,
    /redirect_uri +http:\/\/localhost:\d+\/social-login\/itself\/callback/,
    /why_not_shown +null/,
    /^Deleted. 0 users signed in with it/m,
  ],
  'docs/how-to/service-bindings.md': [/notes\.read/],
  'docs/how-to/authjs-nextjs.md': [CREATED],
  'docs/how-to/react-oidc-client-ts.md': [/redirect_uris +http:\/\/localhost:5173\/callback/],
  'docs/how-to/hono-openid-client.md': [CREATED],
  'docs/how-to/grafana-oauth2-proxy.md': [CREATED],
  'docs/how-to/apache.md': [CREATED],
  'docs/how-to/go.md': [CREATED],
  'docs/how-to/dovecot.md': [/client_id +c_/],
  'docs/how-to/ruby-django-perl.md': [CREATED],
  'docs/how-to/python-mcp-server.md': [/mcp\.example\.com/],
  'docs/how-to/mcp-clients.md': [/"client_id_metadata_document_supported": true/, /client_id +c_/],
  'docs/how-to/production-checklist.md': [/^sign_up +deny/m, /client\.created|session|sign/],
  'docs/how-to/conformance-suite.md': [CREATED],
  'docs/how-to/single-page-app.md': [/access-control-allow-origin: http:\/\/localhost:5173/i],
  'docs/how-to/protect-an-api.md': [
    /HTTP\/1.1 401 [\s\S]*Bearer scope="notes.read", resource_metadata="[^"]*\/.well-known\/oauth-protected-resource"/,
    /"authorization_servers":\["http:\/\/localhost:/,
    /"hello":"c_\w+"/,
    /HTTP\/1.1 403 [\s\S]*error="insufficient_scope"/,
  ],
  'docs/how-to/web-application.md': [
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

const blocks = (page: string, wanted: string): string[] =>
  fences(page)
    .filter(({ info }) => info === wanted)
    .map(({ text }) => text);

/** Pages whose every command npm runs itself. */
const BY_NPM = ['README.md', 'docs/tutorials/first-token.md'];
let npm: NpmHere;

/** The page as one script: `sh` is typed here, `sh beside` in a second terminal. */
function scriptOf(page: string): string {
  const typed = fences(page).map(({ info, text }) =>
    info === 'sh beside' ? `{ ${text}} &` : info === 'sh' ? text : '',
  );
  return ['set -euo pipefail', BY_NPM.includes(page) ? '' : npm.definition, ...typed].join('\n');
}

let folder = '';

beforeAll(async () => {
  npm = await startNpmHere();
  // A checkout of its own, so that what a page writes does not land in this one.
  folder = mkdtempSync(join(tmpdir(), 'postern-docs-'));
  for (const name of readdirSync('.').filter((name) => !['dist', '.git', '.wrangler', '.dev.vars'].includes(name))) {
    const own = join(folder, name);
    // Packed entries must be files: npm leaves links out.
    if (statSync(name).isFile()) copyFileSync(name, own);
    else symlinkSync(join(process.cwd(), name), own);
  }
});

afterAll(async () => {
  npm.stop();
  rmSync(folder, { recursive: true });
  // The resources, social logins and connected apps of the pages are not there for the tests after these.
  const { resources } = await admin<{ resources: { resource: string }[] }>('resources', 'list');
  for (const { resource } of resources) await admin('resources', 'delete', resource);
  const { social_logins } = await admin<{ social_logins: { id: string }[] }>('social-logins', 'list');
  for (const { id } of social_logins) await admin('social-logins', 'delete', id);
  const { connected_apps } = await admin<{ connected_apps: { id: string }[] }>('connected-apps', 'list');
  for (const { id } of connected_apps) await admin('connected-apps', 'delete', id);
});

/** Gives every setting its default again, after a page that set one: the next page begins where a new server does. */
async function restoreSettings(page: string): Promise<void> {
  if (!blocks(page, 'sh').some((text) => /settings set|import frappe/.test(text))) return;
  const { settings } = await admin<{ settings: { name: string; value: unknown; default: unknown }[] }>(
    'settings',
    'list',
  );
  for (const { name, value, default: before } of settings) {
    if (value !== before) await admin('settings', 'set', name, String(before));
  }
}

/** Runs a page; where it shows an address to sign in or to allow a device at, and waits, a user does what it says. */
async function follow(page: string): Promise<{ code: number; output: string }> {
  const { url, stateFolder, email, password } = inject('worker');
  // Key changes of a page must not affect the server of the next page.
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
      ...process.env,
      ...ports,
      STATE_DIR: own,
      PORT: new URL(url).port,
      // The registry of the running Worker; opening a browser does nothing.
      WRANGLER_REGISTRY_PATH: registryOf(stateFolder),
      MCP_REMOTE_CONFIG_DIR: own,
      BROWSER: 'true',
      // Nothing is asked of Cloudflare, also where its user is signed in on this machine.
      CLOUDFLARE_API_BASE_URL: 'http://127.0.0.1:9',
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
    const user = new User(fetch, url);
    if (address.includes('/device?')) {
      const asked = await user.signIn(email, password, address.slice(url.length));
      await user.send(parseForm(await asked.text(), '/device'), { decision: 'allow' });
      child.stdin.write('\n');
    } else {
      const back = await user.authorise(address, { email, password });
      child.stdin.write(`${back.searchParams.get('code')}\n`);
      // The loopback port of a waiting client.
      if (back.hostname === 'localhost') await fetch(back).catch(() => undefined);
    }
  };
  child.stdout.on('data', look);
  child.stderr.on('data', look);
  const closed = new Promise((resolve) => child.on('close', resolve));
  const code = await new Promise<number>((resolve) => child.on('exit', (status) => resolve(status ?? 1)));
  // A background command may have exited already.
  if (child.pid) spawnSync('kill', ['--', `-${child.pid}`]);
  await closed;
  return { code, output };
}

describe('the commands of the documentation', () => {
  for (const page of PAGES.filter((page) => blocks(page, 'sh').length > 0)) {
    it(`${page} works as it stands there`, { timeout: 180_000 }, async () => {
      const { code, output } = await follow(page).finally(() => restoreSettings(page));
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

  it('those that need an account exist in this wrangler, with these options', () => {
    const lines = PAGES.flatMap((page) => blocks(page, 'sh wrangler'))
      .join('')
      .trim()
      .split('\n');
    expect(lines.length).toBeGreaterThan(5);
    for (const line of new Set(lines)) {
      const { words, options } = partsOf(line);
      expect(wranglerOptions(words), line).toEqual(expect.arrayContaining(options));
    }
  });
});
