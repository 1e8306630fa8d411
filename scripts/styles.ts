/** `npm run styles`: builds public/style.css from src/ui/styles and Pico CSS. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const SOURCE = join('src', 'ui', 'styles', 'index.css');
const BUILT = join('public', 'style.css');

export function main(): Promise<number> {
  return builtStylesheet().then((text) => {
    writeFileSync(BUILT, text);
    return 0;
  });
}

/** The stylesheet of every page, minified; licences of what it contains stay at its end. */
export async function builtStylesheet(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [SOURCE],
    bundle: true,
    minify: true,
    legalComments: 'eof',
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}
