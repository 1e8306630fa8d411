/** `npm run reset`: deletes the local data and keys; the next start creates new ones. */
import { existsSync, rmSync } from 'node:fs';
import { devVarsFile } from './dev-vars.ts';
import { storeFolder } from './wrangler.ts';

export async function main(): Promise<number> {
  const there = [storeFolder(), devVarsFile()].filter((path) => existsSync(path));
  for (const path of there) rmSync(path, { recursive: true });
  console.log(
    there.length > 0
      ? 'The local data and .dev.vars are gone. "npm start" begins anew.'
      : 'There was nothing to remove. "npm start" begins anew.',
  );
  return 0;
}
