/** `npm run admin` against a running Worker: how the tests from outside make their records. */
import { execFile } from 'node:child_process';
import { inject } from 'vitest';

export type CommandResult = { code: number; stdout: string; stderr: string };

/** Runs the command as a user would type it. */
export function runAdmin(...parameters: string[]): Promise<CommandResult> {
  const { url, stateFolder } = inject('worker');
  return adminAt({ stateFolder, port: Number(new URL(url).port) }, ...parameters);
}

/** The same, against the server whose data stand there. */
export function adminAt(
  { stateFolder, port }: { stateFolder: string; port: number },
  ...parameters: string[]
): Promise<CommandResult> {
  const env = { ...process.env, STATE_DIR: stateFolder, PORT: String(port) };
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/run.mjs', 'admin', ...parameters], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

/** The same, for its answer. */
export async function admin<T = Record<string, unknown>>(...parameters: string[]): Promise<T> {
  const { code, stdout, stderr } = await runAdmin(...parameters, '--json');
  if (code !== 0) throw new Error(`admin ${parameters.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
