/** The commands of README and docs/, run as they stand there: each page is one script, beside the running Worker. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin } from '../support/admin.ts';
import { Person } from '../support/person.ts';

const PAGES = ['README.md', ...readdirSync('docs').map((name) => join('docs', name))];

/** What a page's script must have printed in the end, besides ending well. */
const PRINTS: Record<string, RegExp[]> = {
  'README.md': [/"access_token":"ey/, /"email":"admin@example.com"/],
  'docs/set-it-up.md': [
    /refresh_grace_seconds/,
    /\/welcome\?link=/,
    /client\.secret-rotated/,
    /--dry-run: exiting now/,
  ],
  'docs/api-keys.md': [/"api_key":"k_\w{22}"/, /^401\n401$/m, /Nightly backup +profile email +until/, /^Revoked\.$/m],
  'docs/workers-of-the-same-account.md': [/notes\.read/],
  'docs/your-single-page-app.md': [/access-control-allow-origin: http:\/\/localhost:5173/i],
  'docs/use-it-as-your-oauth-service.md': [/"email":"admin@example.com"/, /u_\w+ may openid profile email/],
};

/** A command that needs an account at Cloudflare: its words and its options. Values of ours begin with "postern". */
function partsOf(line: string): { words: string[]; options: string[] } {
  const [npx, wrangler, ...rest] = line.split(' ');
  expect(`${npx} ${wrangler}`, line).toBe('npx wrangler');
  const end = rest.findIndex((part) => !/^[a-z0-9]+$/.test(part) || part.startsWith('postern'));
  return { words: rest.slice(0, end < 0 ? undefined : end), options: rest.filter((part) => part.startsWith('--')) };
}

/** The fenced blocks of a page whose info string is this one. */
function blocks(page: string, info: string): string[] {
  const found = readFileSync(page, 'utf8').matchAll(/^```(.*)\n([\s\S]*?)^```$/gm);
  return [...found].filter(([, found]) => found === info).map(([, , text]) => text ?? '');
}

let folder = '';

beforeAll(() => {
  // A checkout of its own, so that what a page writes does not land in this one.
  folder = mkdtempSync(join(tmpdir(), 'postern-docs-'));
  for (const name of readdirSync('.').filter((name) => !['dist', '.git', '.wrangler', '.dev.vars'].includes(name))) {
    symlinkSync(join(process.cwd(), name), join(folder, name));
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
});

/** Runs a page; where it shows an address to sign in at and waits for the code, a person does what it says. */
async function follow(page: string): Promise<{ code: number; output: string }> {
  const { url, stateFolder, email, password } = inject('worker');
  const script = ['set -euo pipefail', ...blocks(page, 'sh')].join('\n').replaceAll('http://localhost:8787', url);
  const child = spawn('bash', ['-c', script], {
    cwd: folder,
    env: { ...process.env, STATE_DIR: stateFolder, PORT: new URL(url).port },
  });
  let output = '';
  let handled = 0;
  const look = async (chunk: Buffer) => {
    output += chunk;
    const shown = output.match(/http:[^\s"]+\/authorize\?\S+(?=\n)/g) ?? [];
    const address = shown[handled];
    if (!address) return;
    handled++;
    const back = await new Person(fetch, url).authorise(address, { email, password });
    child.stdin.write(`${back.searchParams.get('code')}\n`);
  };
  child.stdout.on('data', look);
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? 1)));
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
      const help = execFileSync('npx', ['wrangler', ...words, '--help'], { encoding: 'utf8' });
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
