/** The pages of the documentation, read from the repository. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page that `npm run ledger` writes and git ignores. */
export const GENERATED = join('docs', 'reference', 'conformance.md');

/** The pages below docs/, by path. */
export const DOCS: string[] = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md') && !/(^|\/)(node_modules|\.)/.test(name))
  .map((name) => join('docs', name))
  .filter((path) => path !== GENERATED)
  .sort();

/** The pages at the root of the repository and beside the examples, by path. */
export const BESIDE: string[] = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  join('examples', 'README.md'),
];

/** A fenced block of a page: the text behind the fence, and what it holds. */
export type Fence = { info: string; text: string };

/** The fenced blocks of a page. */
export function fences(page: string): Fence[] {
  const found = readFileSync(page, 'utf8').matchAll(/^```(.*)\n([\s\S]*?)^```$/gm);
  return [...found].map(([, info = '', text = '']) => ({ info, text }));
}

/** The text of a page without its code, in which links and headings stand. */
export function proseOf(page: string): string {
  return readFileSync(page, 'utf8').replaceAll(/^```.*\n[\s\S]*?^```$/gm, '');
}

/** The relative links of a page: the path from the root of the repository, and the anchor. */
export function linksOf(page: string): { path: string; anchor: string | undefined }[] {
  const found = proseOf(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g);
  return [...found].map(([, target = '', anchor]) => ({
    path: target === '' ? page : join(page, '..', target),
    anchor,
  }));
}

/** The anchors of the headings of a page, as GitHub and the site make them. */
export function anchorsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
