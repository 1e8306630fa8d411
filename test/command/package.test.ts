/** `npm pack -w @postern/resource-server`: the package as a Worker of another project installs it. */
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
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finished, wrangler } from '../../scripts/wrangler.ts';

const TSC = resolve('node_modules', 'typescript', 'bin', 'tsc');

/** The Workers of the documentation: each fence that names a file. */
const WORKERS = [
  ...readFileSync('docs/how-to/protect-an-api.md', 'utf8').matchAll(/^```ts notes\/(\S+)\n([\s\S]*?)^```$/gm),
].map(([, file = '', text = '']) => ({ file, text }));

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-package-'));
  // As the page says: .npmrc lets no script run that is not named.
  const options = ['--silent', '--ignore-scripts=false', '--pack-destination', folder];
  execFileSync('npm', ['pack', '-w', '@postern/resource-server', ...options]);
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

/** Installs a package of this checkout into the project. */
function provide(name: string): void {
  if (existsSync(join(folder, 'node_modules', name))) return;
  mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
  symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
}

/** @returns the paths of all files below a folder. */
function filesBelow(root: string): string[] {
  const found = readdirSync(root, { recursive: true, withFileTypes: true });
  return found.filter((one) => one.isFile()).map((one) => relative(root, join(one.parentPath, one.name)));
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
    expect(installed).toEqual(['@postern']);
    expect(readdirSync(join(folder, 'node_modules', '@postern'))).toEqual(['resource-server']);
    const files = filesBelow(join(folder, 'node_modules', '@postern', 'resource-server'));
    const types = files.filter((name) => name.startsWith('dist/types/'));
    const code = files.filter((name) => /^dist\/[^/]+\.js$/.test(name));
    expect(files.filter((name) => ![...types, ...code].includes(name)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist/LICENSES.txt',
      'package.json',
    ]);
    expect(
      types.filter((name) => !/^dist\/types\/packages\/resource-server\/src\/[\w-]+\.d\.ts$/.test(name)).sort(),
    ).toEqual(['dist/types/src/protocol/dpop.d.ts', 'dist/types/src/protocol/oauth-error.d.ts']);
    expect(code.filter((name) => !/^dist\/shared-\w+\.js$/.test(name)).sort()).toEqual([
      'dist/building-blocks.js',
      'dist/index.js',
      'dist/mcp.js',
    ]);
    for (const name of code) {
      const text = readFileSync(join(folder, 'node_modules', '@postern', 'resource-server', name), 'utf8');
      expect(text).not.toMatch(/^import .*from "(?!\.\/shared-)|\brequire\(|\bnode:/m);
    }
  });

  it('has types that need nothing but those of Workers; those of Hono where Hono is', () => {
    provide('@cloudflare/workers-types');
    const withHono = join(folder, 'src', 'hono.ts');
    const text = readFileSync(withHono, 'utf8');
    rmSync(withHono);
    expect(typeCheck()).toBe('');
    provide('hono');
    writeFileSync(withHono, text);
    expect(typeCheck()).toBe('');
    writeFileSync(withHono, text.replace(".get('principal').subject", ".get('principal').nobody"));
    expect(typeCheck()).toContain("'nobody' does not exist");
    writeFileSync(withHono, text);
  });

  it('refuses options that cannot work before anything runs', () => {
    const wrong = join(folder, 'src', 'wrong.ts');
    const members = ["revocation: 'immediate'", "scope: 'notes'", "scopes: 'notes'", 'keysMaxAge: 60'];
    const calls = members.map((member) => `protect({ issuer: '', resource: '', ${member} }, () => new Response());`);
    writeFileSync(wrong, ["import { protect } from '@postern/resource-server';", ...calls].join('\n'));
    const lines = new Set([...typeCheck().matchAll(/\/src\/wrong\.ts\((\d+),/g)].map(([, line]) => line));
    expect([...lines]).toEqual(['2', '3', '4', '5']);
    rmSync(wrong);
  });

  it('is bundled by wrangler into each Worker of the documentation', { timeout: 120_000 }, async () => {
    expect(WORKERS.map(({ file }) => file)).toEqual([
      'src/index.ts',
      'src/hono.ts',
      'src/mcp.ts',
      'src/immediate.ts',
      'src/same-account.ts',
      'src/bound.ts',
      'src/told.ts',
    ]);
    const all = WORKERS.map(({ file }, index) => `import worker${index} from './${file}';`);
    writeFileSync(
      join(folder, 'all.ts'),
      [...all, `export default [${WORKERS.map((_, index) => `worker${index}`)}][0];`].join('\n'),
    );
    const config = join(folder, 'wrangler.json');
    writeFileSync(config, JSON.stringify({ name: 'notes', main: 'all.ts', compatibility_date: '2026-10-20' }));
    const out = join(folder, 'out');
    const { code, output } = await finished(wrangler(['deploy', '--dry-run', '--config', config, '--outdir', out]));
    expect(code, output).toBe(0);
  });
});

describe('README.md of the package', () => {
  it('has a table of all options, and programs that pass a strict type check', () => {
    const page = readFileSync('packages/resource-server/README.md', 'utf8');
    const listed = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    const declared = readFileSync('packages/resource-server/src/options.ts', 'utf8');
    const schema = /^const Options = z\.strictObject\(\{\n([\s\S]*?)^\}\);/m.exec(declared)?.[1] ?? '';
    expect(listed.sort()).toEqual([...schema.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name).sort());
    const programs = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
    expect(programs).toHaveLength(3);
    provide('@cloudflare/workers-types');
    provide('hono');
    for (const [index, text] of programs.entries()) writeFileSync(join(folder, 'src', `readme-${index}.ts`), text);
    const parts = "import { schemesFor, writeChallenge } from '@postern/resource-server/building-blocks';\n";
    writeFileSync(join(folder, 'src', 'parts.ts'), `${parts}schemesFor({}, false);\nwriteChallenge();\n`);
    expect(typeCheck().match(/\/src\/.*(?=: error)/g)).toEqual(['/src/parts.ts(3,1)']);
    for (const name of ['readme-0.ts', 'readme-1.ts', 'readme-2.ts', 'parts.ts']) rmSync(join(folder, 'src', name));
  });
});

describe('.npmrc', () => {
  it('lets no package run code when it is installed; what npm runs here has no script before or after it', () => {
    expect(readFileSync('.npmrc', 'utf8')).toMatch(/^ignore-scripts=true$/m);
    const around = (file: string) =>
      Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { scripts: Record<string, string> }).scripts).filter(
        (name) => /^(pre|post)/.test(name),
      );
    expect(around('package.json')).toEqual([]);
    // The one that packs; the page gives it --ignore-scripts=false.
    expect(around('packages/resource-server/package.json')).toEqual(['prepack']);
    const command = 'npm pack -w @postern/resource-server --silent --ignore-scripts=false';
    expect(readFileSync('docs/how-to/protect-an-api.md', 'utf8')).toContain(command);
  });
});

describe('a program of examples/, copied elsewhere', () => {
  it.each(['mcp-server', 'mcp-gateway', 'api'])(
    '%s is bundled with the package as it stands',
    { timeout: 60_000 },
    async (name) => {
      for (const theirs of ['hono', 'zod', '@modelcontextprotocol/sdk']) provide(theirs);
      const own = join(folder, name);
      cpSync(join('examples', name), own, { recursive: true, filter: (file) => !file.endsWith('tsconfig.json') });
      const words = ['deploy', '--dry-run', '--config', join(own, 'wrangler.toml'), '--outdir', join(folder, 'out')];
      const { code, output } = await finished(wrangler(words));
      expect(code, output).toBe(0);
      expect(readFileSync(join(folder, 'out', 'index.js'), 'utf8')).toContain(
        'node_modules/@postern/resource-server/dist/index.js',
      );
    },
  );
});

describe('the page "Protect an API or MCP server"', () => {
  it('says of a principal what its type says', () => {
    const page = readFileSync('docs/how-to/protect-an-api.md', 'utf8');
    const declared = readFileSync('packages/resource-server/src/principal.ts', 'utf8');
    const fieldsOf = (text: string) =>
      [...(/type Principal = \{([\s\S]*?)^\};/m.exec(text)?.[1] ?? '').matchAll(/^ {2}(\w+)\??:/gm)].map(
        ([, name]) => name,
      );
    expect(fieldsOf(page)).toEqual(fieldsOf(declared));
    expect(fieldsOf(page).length).toBeGreaterThan(8);
  });

  it('shows the same three lines twice', () => {
    const page = readFileSync('docs/how-to/protect-an-api.md', 'utf8');
    const typed = /src\/index\.ts <<'END'\n([\s\S]*?)END$/m.exec(page)?.[1];
    expect(typed).toBe(WORKERS[0]?.text);
  });
});
