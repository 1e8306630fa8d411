/** A page of its own origin: one script, bundled, and the files beside it. */
import { join } from 'node:path';
import { context } from 'esbuild';

/**
 * Serves a folder with `app.ts` bundled as `app.js`, until it is told to stop.
 * @param constants what the script finds under these names.
 */
export async function servePage(
  folder: string,
  port: number,
  constants: Record<string, string>,
  whenReady: () => void,
): Promise<number> {
  const define = Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, JSON.stringify(value)]));
  const bundle = await context({
    entryPoints: [join(folder, 'app.ts')],
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    write: false,
    define,
    logLevel: 'warning',
  });
  await bundle.serve({ servedir: folder, host: '127.0.0.1', port });
  whenReady();
  await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve()));
  await bundle.dispose();
  return 0;
}
