/**
 * `.dev.vars`: the secrets of the local server. Written once with fresh random values; `npm run keys` replaces keys.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from '../src/config/config-error.ts';
import { type Config, parseConfig } from '../src/config.ts';
import { Failure } from './failure.ts';
import { formatVars, newSecrets } from './secrets.ts';

/** The folder of `.dev.vars` and the local data: STATE_DIR, else the project. Tests set their own. */
export const stateFolder = (): string => process.env.STATE_DIR ?? process.cwd();

export const devVarsFile = (): string => join(stateFolder(), '.dev.vars');

/** Writes the file if there is none. @returns whether it was written. */
export function writeDevVars(): boolean {
  if (existsSync(devVarsFile())) return false;
  const text = `# The secrets of the local server. .dev.vars.example explains each. Keep this file out of version control.
${formatVars({
  ...newSecrets('admin@example.com'),
  SEAL_WITH: '1',
  SIGN_WITH: '1,2',
})}`;
  writeFileSync(devVarsFile(), text, { mode: 0o600, flag: 'wx' });
  return true;
}

export type DevVars = { config: Config; email: string; password: string };

/** @throws Failure naming what is missing or wrong in the file, never a value. */
export function readDevVars(issuer: string): DevVars {
  if (!existsSync(devVarsFile())) throw new Failure('There is no .dev.vars yet: run "npm start" first.');
  const values = parseEnv(readFileSync(devVarsFile(), 'utf8'));
  try {
    const config = parseConfig({ ...values, ISSUER: issuer });
    const [wrong] = config.unusable;
    if (wrong) throw new ConfigError(wrong.reason);
    const administrator = config.firstAdministrator;
    if (!administrator) throw new ConfigError('ADMIN_EMAIL or ADMIN_PASSWORD is missing.');
    return { config, ...administrator };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Failure(`.dev.vars is not complete: ${error.message} Correct it, or run "npm run reset" to start over.`);
  }
}

/** The values of the file, by name. */
export const valuesOfDevVars = (): Record<string, string> =>
  parseEnv(readFileSync(devVarsFile(), 'utf8')) as Record<string, string>;

/**
 * Sets some values and removes others (undefined); whatever stands there besides, comments among it, stays. The file is
 * replaced at once, so that no interruption leaves half of it.
 * @throws Failure, with nothing written, where the server could not run with the result.
 */
export function changeDevVars(changes: Record<string, string | undefined>): void {
  const file = devVarsFile();
  const values = valuesOfDevVars();
  const kept = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .filter((line) => {
      const name = /^\s*(?:export\s+)?(\w+)\s*=/.exec(line)?.[1] ?? '';
      if (!Object.hasOwn(changes, name)) return true;
      // A value over several lines would leave the rest of itself behind.
      if (parseEnv(line)[name] === values[name]) return false;
      throw new Failure(`.dev.vars was left as it is: write ${name} once, and on one line.`);
    });
  const set = Object.entries(changes).filter((change): change is [string, string] => change[1] !== undefined);
  const text = `${kept.join('\n')}\n${formatVars(Object.fromEntries(set))}`;
  checkRuns(text);
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function checkRuns(text: string): void {
  try {
    const [wrong] = parseConfig({ ...parseEnv(text), ISSUER: 'http://localhost' }).unusable;
    if (wrong) throw new ConfigError(wrong.reason);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Failure(`.dev.vars was left as it is, since the server could not run with that: ${error.message}`);
  }
}
