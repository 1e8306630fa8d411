/** `npm pack`: what somebody gets who installs Postern for its guard, in a Worker of their own, elsewhere. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finished, wrangler } from '../../scripts/wrangler.ts';

const TSC = resolve('node_modules', 'typescript', 'bin', 'tsc');

/** The Workers of the documentation: each fence that names a file. */
const WORKERS = [
  ...readFileSync('docs/protect-an-api.md', 'utf8').matchAll(/^```ts notes\/(\S+)\n([\s\S]*?)^```$/gm),
].map(([, file = '', text = '']) => ({ file, text }));

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-package-'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder]);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  writeFileSync(join(folder, 'package.json'), '{ "name": "notes", "private": true, "type": "module" }');
  execFileSync('npm', ['install', '--offline', '--silent', `./${tarball}`], { cwd: folder });
  mkdirSync(join(folder, 'src'));
  for (const { file, text } of WORKERS) writeFileSync(join(folder, file), text);
  const strict = { strict: true, skipLibCheck: false, noEmit: true, types: ['@cloudflare/workers-types'] };
  const modern = { target: 'es2022', lib: ['es2022'], module: 'esnext', moduleResolution: 'bundler' };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...modern, ...strict } }));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A package of theirs: the one that is installed here. */
function give(name: string): void {
  if (existsSync(join(folder, 'node_modules', name))) return;
  mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
  symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
}

/** @returns what the compiler complains about. */
function typeCheck(): string {
  try {
    return execFileSync(process.execPath, [TSC, '--project', folder], { encoding: 'utf8' });
  } catch (error) {
    return String((error as { stdout: string }).stdout);
  }
}

describe('the package that others install', () => {
  it('brings the guard, its types and its licences, and no other package', () => {
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['postern']);
    const files = readdirSync(join(folder, 'node_modules', 'postern'), { recursive: true, encoding: 'utf8' });
    const outside = files.filter((name) => !/^dist(\/types)?(\/guard(\/[\w-]+\.d\.ts)?)?$/.test(name));
    expect(outside.sort()).toEqual([
      ...['LICENSE', 'README.md', 'dist/LICENSES.txt', 'dist/resource-server.js', 'package.json'],
    ]);
    const code = readFileSync(join(folder, 'node_modules', 'postern', 'dist', 'resource-server.js'), 'utf8');
    expect(code).not.toMatch(/^import |\brequire\(|\bnode:/m);
  });

  it('has types that need nothing but those of Workers; those of Hono where Hono is', () => {
    give('@cloudflare/workers-types');
    const withHono = join(folder, 'src', 'hono.ts');
    const text = readFileSync(withHono, 'utf8');
    rmSync(withHono);
    expect(typeCheck()).toBe('');
    give('hono');
    writeFileSync(withHono, text);
    expect(typeCheck()).toBe('');
    writeFileSync(withHono, text.replace(".get('principal').subject", ".get('principal').nobody"));
    expect(typeCheck()).toContain("'nobody' does not exist");
    writeFileSync(withHono, text);
  });

  it('refuses options that cannot work before anything runs', () => {
    const wrong = join(folder, 'src', 'wrong.ts');
    const begin = "import { protect } from 'postern/resource-server';\nprotect({ issuer: '', resource: ''";
    for (const rest of [", revocation: 'immediate'", ", scope: 'notes'", ", scopes: 'notes'"]) {
      writeFileSync(wrong, `${begin}${rest} }, () => new Response());\n`);
      expect(typeCheck(), rest).toMatch(/src\/wrong\.ts\(2,/);
    }
    rmSync(wrong);
  });

  it('is bundled by wrangler into each Worker of the documentation', { timeout: 120_000 }, async () => {
    expect(WORKERS.map(({ file }) => file)).toEqual([
      ...['src/index.ts', 'src/hono.ts', 'src/mcp.ts', 'src/immediate.ts', 'src/same-account.ts', 'src/bound.ts'],
    ]);
    for (const { file } of WORKERS) {
      const config = join(folder, 'wrangler.json');
      writeFileSync(config, JSON.stringify({ name: 'notes', main: file, compatibility_date: '2026-10-20' }));
      const out = join(folder, 'out');
      const { code, output } = await finished(wrangler(['deploy', '--dry-run', '--config', config, '--outdir', out]));
      expect(code, output).toBe(0);
    }
  });
});

describe('a program of examples/, copied elsewhere', () => {
  it.each(['mcp-server', 'api'])('%s is bundled with the package as it stands', { timeout: 60_000 }, async (name) => {
    for (const theirs of ['hono', 'zod', '@modelcontextprotocol/sdk']) give(theirs);
    const own = join(folder, name);
    cpSync(join('examples', name), own, { recursive: true, filter: (file) => !file.endsWith('tsconfig.json') });
    const words = ['deploy', '--dry-run', '--config', join(own, 'wrangler.toml'), '--outdir', join(folder, 'out')];
    const { code, output } = await finished(wrangler(words));
    expect(code, output).toBe(0);
    expect(readFileSync(join(folder, 'out', 'index.js'), 'utf8')).toContain(
      'node_modules/postern/dist/resource-server.js',
    );
  });
});

describe('the page "Protect an API or MCP server"', () => {
  it('says of a principal what its type says', () => {
    const page = readFileSync('docs/protect-an-api.md', 'utf8');
    const declared = readFileSync('src/guard/principal.ts', 'utf8');
    const fieldsOf = (text: string) =>
      [...(/type Principal = \{([\s\S]*?)^\};/m.exec(text)?.[1] ?? '').matchAll(/^ {2}(\w+)\??:/gm)].map(
        ([, name]) => name,
      );
    expect(fieldsOf(page)).toEqual(fieldsOf(declared));
    expect(fieldsOf(page).length).toBeGreaterThan(8);
  });

  it('shows the same three lines twice', () => {
    const page = readFileSync('docs/protect-an-api.md', 'utf8');
    const typed = /src\/index\.ts <<'END'\n([\s\S]*?)END$/m.exec(page)?.[1];
    expect(typed).toBe(WORKERS[0]?.text);
  });
});
