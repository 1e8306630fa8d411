/** `.dev.vars`: the secrets of the local server. Written once with fresh random values, and never again. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Config, ConfigError, parseConfig } from '../src/config.ts';
import { Failure } from './failure.ts';
import { formatVars, newSecrets } from './secrets.ts';

/** Where `.dev.vars` and the local data stand: the project, or what STATE_DIR names (the tests use their own). */
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
    const administrator = config.firstAdministrator;
    if (!administrator) throw new ConfigError('ADMIN_EMAIL or ADMIN_PASSWORD is missing.');
    return { config, ...administrator };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Failure(`.dev.vars is not complete: ${error.message} Mend it, or run "npm run reset" to begin anew.`);
  }
}
