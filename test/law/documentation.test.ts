/** The documentation holds together: links, anchors and the index, from which the site makes its navigation. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, BESIDE, DOCS, GENERATED, linksOf } from '../support/documentation.ts';

const INDEX = join('docs', 'index.md');
const PAGES = [...DOCS, ...BESIDE];

describe('the documentation', () => {
  it('links lead to files and headings that exist', () => {
    const dead = PAGES.flatMap((page) =>
      linksOf(page)
        .filter(({ path, anchor }) => !existsSync(path) || (anchor && !anchorsOf(path).includes(anchor)))
        .map(({ path, anchor }) => `${page}: ${path}${anchor ? `#${anchor}` : ''}`),
    );
    expect(dead).toEqual([]);
  });

  it('every page is in the index', () => {
    const listed = new Set(linksOf(INDEX).map(({ path }) => path));
    expect(PAGES.filter((page) => page !== INDEX && !listed.has(page))).toEqual([]);
  });

  it('paths of the repository that pages name exist', () => {
    const named = PAGES.filter((page) => page !== 'CHANGELOG.md').flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/`((?:src|test|scripts|packages|docs|site)\/[\w./-]*\w)\/?`/g)].map(
        ([, path = '']) => `${page}: ${path}`,
      ),
    );
    expect(named.length).toBeGreaterThan(30);
    const exists = (path: string) => existsSync(path) || path === GENERATED || path.startsWith('dist');
    expect(named.filter((entry) => !exists(entry.split(': ')[1] ?? ''))).toEqual([]);
  });

  it('every section of ARCHITECTURE.md that source and tests name exists', () => {
    const sections = new Set(readFileSync('ARCHITECTURE.md', 'utf8').match(/(?<=^## )§\d+/gm));
    const files = ['src', 'test', 'scripts'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules'))
        .map((name) => join(folder, name)),
    );
    const named = files.flatMap((file) => readFileSync(file, 'utf8').match(/(?<=ARCHITECTURE )§\d+/g) ?? []);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((section) => !sections.has(section))).toEqual([]);
  });

  it('docs/reference/errors.md has every error code', () => {
    const page = readFileSync(join('docs', 'reference', 'errors.md'), 'utf8');
    const [, table = ''] =
      /const STATUS = \{([\s\S]*?)\n\}/.exec(readFileSync('src/protocol/oauth-error.ts', 'utf8')) ?? [];
    const codes = [...table.matchAll(/^ {2}(\w+): \d+,/gm)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(25);
    expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });

  it('every page of docs/ is a tutorial, a how-to guide, reference, explanation or a decision record', () => {
    const kinds = /^docs\/(index\.md$|(tutorials|how-to|reference|explanation|adr)\/[\w-]+\.md$)/;
    expect(DOCS.filter((page) => !kinds.test(page))).toEqual([]);
  });
});
