/** `npm run admin` against a running Worker: how the tests from outside make their records. */
import { inject } from 'vitest';
import { main } from '../../scripts/admin.ts';
import { type CommandResult, scriptApart, scriptHere } from './script-here.ts';

/** Runs the command as a user would type it. */
export function runAdmin(...parameters: string[]): Promise<CommandResult> {
  const { url, stateFolder } = inject('worker');
  return adminAt({ stateFolder, port: Number(new URL(url).port) }, ...parameters);
}

type Place = { stateFolder: string; port: number };

/** The same, against the server whose data stand there. */
export const adminAt = (place: Place, ...parameters: string[]): Promise<CommandResult> =>
  scriptHere(main, parameters, surroundingsOf(place));

/** The same in a process of its own, as npm runs it. */
export const adminApart = (place: Place, ...parameters: string[]): Promise<CommandResult> =>
  scriptApart('admin', parameters, surroundingsOf(place));

const surroundingsOf = ({ stateFolder, port }: Place) => ({
  folder: process.cwd(),
  env: { STATE_DIR: stateFolder, PORT: String(port) },
});

/** The same, for its answer. */
export async function admin<T = Record<string, unknown>>(...parameters: string[]): Promise<T> {
  const { code, stdout, stderr } = await runAdmin(...parameters, '--json');
  if (code !== 0) throw new Error(`admin ${parameters.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
