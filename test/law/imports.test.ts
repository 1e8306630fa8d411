/** The import law: folders import from lower layers, never up and never across; each library has its importers. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** From the top layer down. A folder may import what stands below it, and itself. */
const LAYERS: string[][] = [
  ['worker', 'scheduled', 'app', 'console-app', 'frappe-app', 'protocol-app', 'request-chain'],
  ['admin'],
  // The endpoints of both roles under other paths.
  ['frappe-endpoints'],
  // Below admin, which administers its records.
  ['social-login'],
  ['authorization-server', 'protected-resources', 'oauth-client'],
  ['accounts'],
  ['ui'],
  ['http'],
  ['storage'],
  ['config'],
  // One table for both uses of a provider, below the roles that use it.
  ['providers'],
  ['resource-server'],
  ['protocol'],
  ['crypto'],
  ['locales'],
];

/** Files that may import a library. */
const LIBRARY_IMPORTERS: [library: RegExp, mayImport: RegExp][] = [
  [/^drizzle-orm/, /^storage\//],
  [/^jose$/, /^crypto\//],
  [
    /^hono/,
    /^(app\.ts|console-app\.ts|frappe-app\.ts|worker\.ts|protocol-app\.ts|request-chain\.ts|http\/|ui\/|accounts\/|admin\/|frappe-endpoints\/|oauth-client\/|social-login\/|authorization-server\/|protected-resources\/|resource-server\/hono\.ts$)/,
  ],
  [/^oauth4webapi$/, /^oauth-client\//],
  [/^@simplewebauthn\/server$/, /^accounts\/passkeys\/ceremony\.ts$/],
  [/^zod(\/mini)?$/, /./],
  [/^zod\/v4\/locales/, /^config\.ts$/],
  [/^node:crypto$/, /^(crypto\/|authorization-server\/token\/id-token\.ts$)/],
];

/** The pages of accounts that may name scopes. */
const API_KEY_PAGES = ['accounts/account/api-keys.tsx', 'accounts/account/api-key-add.tsx'];

type Import = { from: string; to: string };

/** The sources by their path below `src`; those of the package stand in the folder `resource-server`. */
const ROOTS = { '': 'src', 'resource-server': 'packages/resource-server/src' };
const roots = Object.entries(ROOTS);
const files = roots.flatMap(([folder, root]) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name)),
);
const pathOf = (file: string) =>
  file.startsWith('resource-server/')
    ? join('packages/resource-server/src', file.slice('resource-server/'.length))
    : join('src', file);
const nameOf = (path: string) => {
  const [folder = '', root = ''] = roots.find(([, root]) => path.startsWith(`${root}/`)) ?? [];
  return join(folder, relative(root, path));
};
const sources = new Map(files.map((name) => [name, readFileSync(pathOf(name), 'utf8')]));

const imports: Import[] = [...sources].flatMap(([from, source]) =>
  [...source.matchAll(/(?:^import|^export|\bimport\()[^'"`;]*?['"]([^'"]+)['"]/gm)].map(([, to = '']) => ({
    from,
    to,
  })),
);

/** The modules that the package exports, by their specifiers. */
const ENTRIES = new Map([
  ['@postern/resource-server', 'resource-server/index.ts'],
  ['@postern/resource-server/building-blocks', 'resource-server/building-blocks.ts'],
  ['@postern/resource-server/mcp', 'resource-server/mcp.ts'],
]);

const inner = imports
  .filter(({ to }) => to.startsWith('.') || ENTRIES.has(to))
  .map(({ from, to }) => ({ from, to: ENTRIES.get(to) ?? nameOf(join(dirname(pathOf(from)), to)) }));

const folderOf = (file: string) => file.split('/')[0]?.replace(/\.tsx?$/, '') ?? '';
const layerOf = (file: string) => LAYERS.findIndex((folders) => folders.includes(folderOf(file)));

describe('the import law', () => {
  it('finds the imports at all', () => {
    expect(inner.length).toBeGreaterThan(200);
    expect(inner.some(({ from, to }) => from === 'app.ts' && to === 'accounts/routes.ts')).toBe(true);
  });

  it('every folder has its layer', () => {
    expect(files.filter((file) => layerOf(file) < 0)).toEqual([]);
  });

  it('no import goes uphill', () => {
    expect(inner.filter(({ from, to }) => layerOf(to) < layerOf(from))).toEqual([]);
  });

  it('no folder imports another of its layer: no role knows another', () => {
    const across = inner.filter(({ from, to }) => layerOf(to) === layerOf(from) && folderOf(to) !== folderOf(from));
    expect(
      across.filter(
        ({ from }) =>
          ![
            'worker.ts',
            'scheduled.ts',
            'app.ts',
            'console-app.ts',
            'frappe-app.ts',
            'protocol-app.ts',
            'request-chain.ts',
          ].includes(from),
      ),
    ).toEqual([]);
  });

  it('the protected resources do not import accounts', () => {
    expect(
      inner.filter(({ from, to }) => folderOf(from) === 'protected-resources' && folderOf(to) === 'accounts'),
    ).toEqual([]);
  });

  it('the package @postern/resource-server, which is used without the rest, stands on protocol and crypto alone', () => {
    const reached = new Set(files.filter((file) => folderOf(file) === 'resource-server'));
    // A set that grows while it is walked.
    for (const file of reached) for (const { from, to } of inner) if (from === file) reached.add(to);
    expect([...new Set([...reached].map(folderOf))].sort()).toEqual(['crypto', 'protocol', 'resource-server']);
    const packages = [...reached].flatMap((file) => [...(sources.get(file) ?? '').matchAll(/ from '([^.'][^']*)'/g)]);
    expect([...new Set(packages.map(([, name]) => name))].sort()).toEqual(['hono', 'jose', 'zod/mini']);
    const hono = [...reached].filter((file) => /^import (?!type).*'hono/m.test(sources.get(file) ?? ''));
    expect(hono).toEqual([]);
  });

  it('the Worker imports the package as any consumer does: by its specifiers, which package.json exports', () => {
    const relatively = imports.filter(
      ({ from, to }) => folderOf(from) !== 'resource-server' && to.includes('packages/'),
    );
    expect(relatively).toEqual([]);
    const inside = imports.filter(({ from, to }) => folderOf(from) === 'resource-server' && to.startsWith('@postern/'));
    expect(inside).toEqual([]);
    const { exports } = JSON.parse(readFileSync('packages/resource-server/package.json', 'utf8'));
    const exported = Object.keys(exports).filter((name) => name !== './package.json');
    expect(exported.map((name) => join('@postern/resource-server', name))).toEqual([...ENTRIES.keys()]);
  });

  it('accounts know no word of OAuth', () => {
    const words = /\b(client_id|redirect_uri|grant|scope|consent|access.?token|authorize)\b/i;
    // An API key is limited to scopes: its pages name them, and no other term of OAuth.
    const allowed = (file: string) => (API_KEY_PAGES.includes(file) ? /\bscope\b/gi : /(?!)/g);
    const told = [...sources].filter(
      ([file, source]) => folderOf(file) === 'accounts' && words.test(source.replaceAll(allowed(file), '')),
    );
    expect(told.map(([file]) => file)).toEqual([]);
  });

  it('each library is imported by its importers alone', () => {
    for (const [library, mayImport] of LIBRARY_IMPORTERS) {
      const wrong = imports.filter(({ from, to }) => library.test(to) && !mayImport.test(from));
      expect([library.source, wrong]).toEqual([library.source, []]);
    }
  });

  it('there are no circles', () => {
    const next = Map.groupBy(inner, ({ from }) => from);
    const done = new Set<string>();
    const circle = (file: string, path: string[]): string[] | undefined => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
      if (done.has(file)) return undefined;
      for (const { to } of next.get(file) ?? []) {
        const found = circle(to, [...path, file]);
        if (found) return found;
      }
      done.add(file);
      return undefined;
    };
    for (const file of files) expect(circle(file, [])).toBeUndefined();
  });

  it('there are no utils, helpers or common', () => {
    expect(files.filter((file) => /util|helper|common/i.test(file))).toEqual([]);
  });
});

describe('the files', () => {
  it('each opens with a sentence that says what it is', () => {
    expect([...sources].filter(([, source]) => !source.startsWith('/**')).map(([file]) => file)).toEqual([]);
  });

  it('the error response is written in one place', () => {
    // A member with a value; not one of a type or schema, nor one that is read from what another server answered.
    const writes =
      /\berror_description['"]?\s*:(?!\s*(z\.|string\b|description, status \} = thrown))|\berror:\s*\w+\.code\b/;
    const writers = [...sources].filter(([, source]) => writes.test(source)).map(([file]) => file);
    expect(writers.sort()).toEqual([
      // Its schema, for the API description.
      'http/api/openapi.ts',
      // The response of a provider, put into the form of RFC 6749 before it is read.
      'oauth-client/endpoint-answer.ts',
      'protocol/error-parameters.ts',
      'providers/facebook.ts',
    ]);
  });
});
