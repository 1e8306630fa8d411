/** A temporary folder for databases of tests, which need not outlive the machine. */
import { accessSync, constants, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The file system in memory of Linux. */
const MEMORY = '/dev/shm';
/** Bytes that must be free there: containers have 64 MB by default. */
const ENOUGH = 4 * 2 ** 30;

/**
 * Makes a folder in memory, where statements wait for no disk; without enough room there, or where programs cannot be
 * executed in it, a usual one.
 */
export function newMemoryFolder(prefix: string): string {
  return inMemory(prefix) ?? mkdtempSync(join(tmpdir(), prefix));
}

function inMemory(prefix: string): string | undefined {
  let folder: string | undefined;
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < ENOUGH) return undefined;
    folder = mkdtempSync(join(MEMORY, prefix));
    const program = join(folder, 'program');
    writeFileSync(program, '', { mode: 0o700 });
    // Refused where the file system is mounted without the right to execute.
    accessSync(program, constants.X_OK);
    rmSync(program);
    return folder;
  } catch {
    if (folder) rmSync(folder, { recursive: true });
    return undefined;
  }
}
