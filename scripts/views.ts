/** `npm run test:views`: every page in every view (widths, colours, text size, forced colours); `npm test` checks a part of them. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** @param words more for vitest, such as `-t NAME`. SCREENSHOTS names a folder that gets a picture of each page and view. */
export function main(words: string[]): Promise<number> {
  const parameters = ['run', '--project', 'browser', 'test/browser/pages.test.ts', ...words];
  const env = { ...process.env, VIEWS: 'all' };
  const child = spawn(join('node_modules', '.bin', 'vitest'), parameters, { stdio: 'inherit', env });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}
