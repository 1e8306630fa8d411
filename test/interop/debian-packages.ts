/** The client libraries and relying parties that are packages of Debian: those of the list that are installed here. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The names, which `.ci/run` reads too. */
export const PACKAGES: string[] = readFileSync(join('test', 'interop', 'debian-packages.txt'), 'utf8')
  .split('\n')
  .filter(Boolean);

/** Asks dpkg; false on a machine that has none. */
export const isInstalled = (...names: string[]): boolean =>
  names.every((name) => spawnSync('dpkg', ['-s', name]).stdout?.includes('Status: install ok installed'));
