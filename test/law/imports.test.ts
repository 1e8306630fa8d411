/** The import law: rooms look down, never up and never across; each library has one door. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** From the top floor down. A room may import what stands below it, and itself. */
const FLOORS: string[][] = [
  ['worker', 'app'],
  ['admin'],
  // Below admin, which administers its records.
  ['social-login'],
  ['authorization-server', 'resource-server', 'client'],
  ['identity'],
  ['web'],
  ['storage'],
  ['config'],
  ['guard'],
  ['protocol'],
  ['crypto'],
  ['words'],
];

/** Which files may import a library. */
const DOORS: [library: RegExp, mayImport: RegExp][] = [
  [/^drizzle-orm/, /^storage\//],
  [/^jose$/, /^crypto\//],
  [
    /^hono/,
    /^(app\.ts|worker\.ts|web\/|identity\/|admin\/|client\/|social-login\/|authorization-server\/|resource-server\/|guard\/hono\.ts$)/,
  ],
  [/^oauth4webapi$/, /^client\//],
  [/^@simplewebauthn\/server$/, /^identity\/passkeys\/ceremony\.ts$/],
  [/^zod(\/mini)?$/, /./],
  [/^node:crypto$/, /^(crypto\/|authorization-server\/token\/id-token\.ts$)/],
];

type Import = { from: string; to: string };

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
const sources = new Map(files.map((name) => [name, readFileSync(join('src', name), 'utf8')]));

const imports: Import[] = [...sources].flatMap(([from, source]) =>
  [...source.matchAll(/(?:^import|^export|\bimport\()[^'"`;]*?['"]([^'"]+)['"]/gm)].map(([, to = '']) => ({
    from,
    to,
  })),
);

const inner = imports
  .filter(({ to }) => to.startsWith('.'))
  .map(({ from, to }) => ({ from, to: relative('src', join('src', dirname(from), to)) }));

const roomOf = (file: string) => file.split('/')[0]?.replace(/\.tsx?$/, '') ?? '';
const floorOf = (file: string) => FLOORS.findIndex((rooms) => rooms.includes(roomOf(file)));

describe('the import law', () => {
  it('finds the imports at all', () => {
    expect(inner.length).toBeGreaterThan(200);
    expect(inner.some(({ from, to }) => from === 'app.ts' && to === 'identity/routes.ts')).toBe(true);
  });

  it('every room has its floor', () => {
    expect(files.filter((file) => floorOf(file) < 0)).toEqual([]);
  });

  it('no import goes uphill', () => {
    expect(inner.filter(({ from, to }) => floorOf(to) < floorOf(from))).toEqual([]);
  });

  it('no room imports another of its floor: no role knows another', () => {
    const across = inner.filter(({ from, to }) => floorOf(to) === floorOf(from) && roomOf(to) !== roomOf(from));
    expect(across.filter(({ from }) => !['worker.ts', 'app.ts'].includes(from))).toEqual([]);
  });

  it('the resource server does not import identity', () => {
    expect(inner.filter(({ from, to }) => roomOf(from) === 'resource-server' && roomOf(to) === 'identity')).toEqual([]);
  });

  it('the guard, which others use without the rest, stands on protocol and crypto alone', () => {
    const reached = new Set(files.filter((file) => roomOf(file) === 'guard'));
    // A set that grows while it is walked.
    for (const file of reached) for (const { from, to } of inner) if (from === file) reached.add(to);
    expect([...new Set([...reached].map(roomOf))].sort()).toEqual(['crypto', 'guard', 'protocol']);
    const packages = [...reached].flatMap((file) => [...(sources.get(file) ?? '').matchAll(/ from '([^.'][^']*)'/g)]);
    expect([...new Set(packages.map(([, name]) => name))].sort()).toEqual(['hono', 'jose', 'zod/mini']);
    const hono = [...reached].filter((file) => /^import (?!type).*'hono/m.test(sources.get(file) ?? ''));
    expect(hono).toEqual([]);
  });

  it('identity knows no word of OAuth', () => {
    const words = /\b(client_id|redirect_uri|grant|scope|consent|access.?token|authorize)\b/i;
    const told = [...sources].filter(([file, source]) => roomOf(file) === 'identity' && words.test(source));
    expect(told.map(([file]) => file)).toEqual([]);
  });

  it('each library has one door', () => {
    for (const [library, mayImport] of DOORS) {
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
    const writers = [...sources].filter(([, source]) => /error: error\.code/.test(source)).map(([file]) => file);
    expect(writers.sort()).toEqual(['authorization-server/authorize/respond.tsx', 'web/render-error.tsx']);
  });
});
