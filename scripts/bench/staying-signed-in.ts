/** `npm run bench -- staying-signed-in`: the behaviours of MCP clients for 90 simulated days, with many refreshes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Failure } from '../failure.ts';

/** Runs test/feature/staying-signed-in.test.ts with at least so many refreshes in all. */
export async function staySignedIn(refreshes: number): Promise<number> {
  if (!(refreshes >= 100)) throw new Failure('--refreshes must be 100 or more.');
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--project', 'worker', 'test/feature/staying-signed-in.test.ts'];
  const env = { ...process.env, SIMULATED_REFRESHES: String(refreshes) };
  const child = spawn(process.execPath, args, { env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
