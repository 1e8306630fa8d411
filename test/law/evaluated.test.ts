/** The code that an isolate evaluates before it can answer: counted by the bundler, so that it cannot grow unnoticed. */
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

const KIB = 1024;

const BUNDLED = {
  bundle: true,
  format: 'esm',
  minify: true,
  platform: 'neutral',
  mainFields: ['module', 'main'],
  conditions: ['workerd', 'worker', 'browser'],
  external: ['cloudflare:*', 'node:*'],
  metafile: true,
  write: false,
} as const satisfies BuildOptions;

/** Leaves out what is imported only when it is needed: what remains is what the entry needs itself. */
const ALONE: Plugin = {
  name: 'alone',
  setup(plugin) {
    plugin.onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

let metafile: Metafile;
let contents: Map<string, Uint8Array>;

beforeAll(async () => {
  const built = await build({ ...BUNDLED, entryPoints: ['src/worker.ts'], outdir: 'out', splitting: true });
  metafile = built.metafile;
  contents = new Map(built.outputFiles.map(({ path, contents }) => [path.slice(path.lastIndexOf('/') + 1), contents]));
}, 60_000);

const bundleAlone = (entry: string) => build({ ...BUNDLED, entryPoints: [entry], outdir: 'out', plugins: [ALONE] });
const builtAlone = new Map<string, ReturnType<typeof bundleAlone>>();

/** One build of an entry for all that is asked of it. */
function buildAlone(entry: string): ReturnType<typeof bundleAlone> {
  const built = builtAlone.get(entry) ?? bundleAlone(entry);
  builtAlone.set(entry, built);
  return built;
}

/** @returns the files that an entry needs itself. */
async function inputsAlone(entry: string): Promise<string[]> {
  const { metafile } = await buildAlone(entry);
  return Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
}

/** @returns what an entry needs itself, in KiB after gzip. */
async function sizeAlone(entry: string): Promise<number> {
  const { outputFiles, metafile } = await buildAlone(entry);
  if (process.env.SHOW_EVALUATED) {
    const [output] = Object.values(metafile.outputs);
    const largest = Object.entries(output?.inputs ?? {})
      .sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
      .slice(0, Number(process.env.SHOW_EVALUATED))
      .map(([file, { bytesInOutput }]) => `${bytesInOutput} ${file}`);
    console.log([entry, ...largest].join('\n'));
  }
  return outputFiles.reduce((sum, file) => sum + gzipSync(file.contents).length, 0) / KIB;
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** @returns the chunks that the entry evaluates, without those that it imports only when it needs them. */
function evaluatedFrom(entryPoint: string): string[] {
  const outputs = Object.entries(metafile.outputs);
  const first = outputs.find(([, { entryPoint: entry }]) => entry === entryPoint)?.[0];
  const reached = new Set(first ? [first] : []);
  // A set that grows while it is walked.
  for (const chunk of reached) {
    for (const { path, kind } of metafile.outputs[chunk]?.imports ?? [])
      if (kind === 'import-statement' && metafile.outputs[path]) reached.add(path);
  }
  return [...reached];
}

const inputsOf = (entry: string) =>
  evaluatedFrom(entry).flatMap((chunk) => Object.keys(metafile.outputs[chunk]?.inputs ?? {}));
const gzipped = (entry: string) =>
  evaluatedFrom(entry).reduce((sum, chunk) => sum + gzipSync(contents.get(nameOf(chunk)) ?? '').length, 0);

describe('what is evaluated before the first answer', () => {
  it('of /token, discovery and JWKS: the protocol app needs at most 95 KiB', async () => {
    expect(await sizeAlone('src/worker.ts')).toBeLessThan(95);
  }, 60_000);

  // Each setting is a definition more, of which every request reads the default.
  it('of /token: with the exports of shared modules that only other folders use, at most 156 KiB', () => {
    expect(gzipped('src/worker.ts') / KIB).toBeLessThan(156);
  });

  it('of /authorize with a session and remembered consent: at most 52 KiB, most of which /token needs, too; no page and no folder of pages', async () => {
    const entry = 'src/authorization-server/authorize/authorize.ts';
    expect(await sizeAlone(entry)).toBeLessThan(52);
    const files = await inputsAlone(entry);
    expect(files.filter((file) => /^src\/(ui|admin|social-login|oauth-client)\/|\.tsx$/.test(file))).toEqual([]);
    expect(files.filter((file) => /locales\/en\/(?!scopes)|zod\/v4\/classic/.test(file))).toEqual([]);
    expect(files.filter((file) => file.startsWith('src/accounts/')).sort()).toEqual([
      'src/accounts/current-session.ts',
      'src/accounts/sign-in-continuation.ts',
    ]);
  }, 60_000);

  it('of every page but the console: the whole app needs at most 288 KiB, and no language but English', async () => {
    const languages = (await inputsAlone('src/app.ts')).filter((file) => /locales\/(?!en\/)[a-z-]+\//.test(file));
    expect(languages).toEqual([]);
    expect(await sizeAlone('src/app.ts')).toBeLessThan(288);
  }, 60_000);

  it('of the console: its app needs at most 300 KiB, and no other app needs the pages of the console', async () => {
    expect(await sizeAlone('src/console-app.ts')).toBeLessThan(300);
    expect((await inputsAlone('src/app.ts')).filter((file) => /locales\/en\/console/.test(file))).toEqual([]);
    const pages = inputsOf('src/app.ts').filter((file) => /admin\/console\/(?!console-page|navigation)/.test(file));
    expect(pages).toEqual([]);
  }, 60_000);

  it('of the old paths of Frappe: its app, which no other app needs', async () => {
    expect(await sizeAlone('src/frappe-app.ts')).toBeLessThan(280);
    const others = ['src/worker.ts', 'src/app.ts', 'src/console-app.ts'].flatMap(inputsOf);
    expect(others.filter((file) => file.includes('frappe-endpoints/'))).toEqual([]);
  }, 60_000);

  it('no page, no account, no administration, no social login, no client role', () => {
    const folders = new Set(inputsOf('src/worker.ts').map((file) => /^src\/([^/]+)\//.exec(file)?.[1] ?? file));
    for (const folder of ['ui', 'accounts', 'admin', 'social-login', 'oauth-client'])
      expect([...folders]).not.toContain(folder);
    // Registration, pushed requests and described clients are loaded when they are first asked for.
    expect(
      inputsOf('src/worker.ts').filter((file) =>
        /client-metadata(-members)?\.ts|metadata-document|\/par\.ts/.test(file),
      ),
    ).toEqual([]);
    expect(
      inputsOf('src/worker.ts').filter((file) =>
        /simplewebauthn|oauth4webapi|password-list|locales\/en\/(?!scopes)/.test(file),
      ),
    ).toEqual([]);
  });
});
