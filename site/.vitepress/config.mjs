/**
 * The documentation site: docs/, README and the pages beside them, read where they stand. The navigation is the list of
 * docs/index.md, so a page that the index lists is on the site's menu.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const INDEX = join('docs', 'index.md');
/** Folders of the repository that hold no page of the site. */
const WITHOUT_PAGES = [
  'bench',
  'dist',
  'drizzle',
  'node_modules',
  'packages',
  'public',
  'scripts',
  'site',
  'src',
  'test',
];
/** Files that pages link to and that are no pages: they are copied beside the pages. */
const linkedFiles = new Set();
/** The same links, as their pages write them. */
const linkedAs = new Set();

/** The path of a page on the site: a README is the index of its folder. */
const pathOf = (file) => file.replace(/README\.md$/, 'index.md');

/** The page that `npm run ledger` writes before the site is built. */
const CONFORMANCE = { text: 'Conformance', link: '/docs/reference/conformance' };

/** The links of a section of docs/index.md. */
const itemsOf = (section) =>
  [...section.matchAll(/^ *- \[([^\]]+)\]\(([^)#]+\.md)\)/gm)].map(([, text, target]) => ({
    text,
    link: `/${pathOf(join('docs', target)).replace(/(index)?\.md$/, '')}`,
  }));

/** The sections of docs/index.md with their links, as the sidebar of every page. */
function sidebar() {
  const sections = readFileSync(join(ROOT, INDEX), 'utf8').split(/^## /m).slice(1);
  return sections.map((section) => {
    const text = section.slice(0, section.indexOf('\n'));
    return { text, items: [...itemsOf(section), ...(text === 'Reference' ? [CONFORMANCE] : [])] };
  });
}

/** Rewrites links of a page: a README is an index here, and a file that is no page is copied. */
function rewriteLinks(md) {
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    for (const link of tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === 'link_open')) {
      const href = link.attrGet('href') ?? '';
      if (/^(\w+:|#|\/)/.test(href)) continue;
      const [path, anchor] = href.split('#');
      if (path.endsWith('README.md')) link.attrSet('href', pathOf(path) + (anchor ? `#${anchor}` : ''));
      const file = relative(ROOT, join(dirname(realPath(env)), path));
      if (path.endsWith('.md') || !existsSync(join(ROOT, file))) continue;
      linkedFiles.add(file);
      linkedAs.add(normalize(path));
    }
  });
}

/** The anchor of a heading, as GitHub makes it. */
const slugify = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

/** The file that a page is read from. */
const realPath = (env) => env.realPath ?? env.path;

/** Pages stand outside of the folder that has Vue: the build for the server leaves it to be imported from the output. */
const vueOfThisFolder = {
  name: 'vue-of-this-folder',
  enforce: 'pre',
  resolveId: (id, _importer, { ssr }) => (ssr && /^vue(\/|$)/.test(id) ? { id, external: true } : undefined),
};

export default {
  title: 'Postern',
  description: 'OAuth 2.1 and OpenID Connect in one Cloudflare Worker',
  lang: 'en',
  srcDir: ROOT,
  srcExclude: WITHOUT_PAGES.map((folder) => `${folder}/**`),
  outDir: join(import.meta.dirname, 'dist'),
  cacheDir: join(import.meta.dirname, 'cache'),
  rewrites: pathOf,
  cleanUrls: true,
  // Addresses of the reader's own server, and files that are copied beside the pages.
  ignoreDeadLinks: [/^https?:\/\/localhost/, (link) => linkedAs.has(normalize(link))],
  vite: {
    publicDir: false,
    build: { chunkSizeWarningLimit: 4000 },
    esbuild: { tsconfigRaw: {} },
    plugins: [vueOfThisFolder],
  },
  markdown: { config: rewriteLinks, anchor: { slugify } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Documentation', link: '/docs/' },
      { text: 'Security', link: '/SECURITY' },
      { text: 'Architecture', link: '/ARCHITECTURE' },
    ],
    sidebar: sidebar(),
  },
  buildEnd({ outDir }) {
    for (const file of linkedFiles) {
      mkdirSync(join(outDir, dirname(file)), { recursive: true });
      copyFileSync(join(ROOT, file), join(outDir, file));
    }
  },
};
