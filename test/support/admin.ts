/** `npm run admin` against a running Worker: how the tests from outside make their records. */
import { execFile } from 'node:child_process';
import { inject } from 'vitest';
import { main } from '../../scripts/admin.ts';
import { scriptHere } from './script-here.ts';

export type CommandResult = { code: number; stdout: string; stderr: string };

/** Runs the command as a user would type it. */
export function runAdmin(...parameters: string[]): Promise<CommandResult> {
  const { url, stateFolder } = inject('worker');
  return adminAt({ stateFolder, port: Number(new URL(url).port) }, ...parameters);
}

type Place = { stateFolder: string; port: number };

/** The same, against the server whose data stand there. */
export const adminAt = (place: Place, ...parameters: string[]): Promise<CommandResult> =>
  scriptHere(main, parameters, { folder: process.cwd(), env: environmentOf(place) });

/** The same in a process of its own, as npm runs it. */
export function adminApart(place: Place, ...parameters: string[]): Promise<CommandResult> {
  const env = { ...process.env, ...environmentOf(place) };
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/run.mjs', 'admin', ...parameters], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

const environmentOf = ({ stateFolder, port }: Place) => ({ STATE_DIR: stateFolder, PORT: String(port) });

/** The same, for its answer. */
export async function admin<T = Record<string, unknown>>(...parameters: string[]): Promise<T> {
  const { code, stdout, stderr } = await runAdmin(...parameters, '--json');
  if (code !== 0) throw new Error(`admin ${parameters.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
