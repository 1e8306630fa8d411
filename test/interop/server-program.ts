/** Servers written by others as processes of a test: an ordinary user, a folder of their own, 127.0.0.1. */
import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The user nobody where the tests are root's: servers written by others never run as root. */
const ORDINARY = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

export type ServerProgram = {
  folder: string;
  /** The output of the program, and the file `log` of its folder. */
  log: () => string;
  stop: () => Promise<void>;
};

type Options = {
  /** By path inside the folder; `FOLDER` in them stands for the folder. */
  files: Record<string, string>;
  /** Program and parameters, with the same `FOLDER`. */
  command: string[];
  port: number;
  env?: Record<string, string>;
  /** Makes what else the folder needs before the program starts. */
  prepare?: (folder: string) => void;
};

/**
 * Starts a program that stays in the foreground, and waits until it listens.
 * @throws Error with its log, where it ended instead.
 */
export async function startProgram({ files, command, port, env = {}, prepare }: Options): Promise<ServerProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-interop-'));
  const placed = (text: string) => text.replaceAll('FOLDER', folder);
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, placed(text));
  }
  prepare?.(folder);
  giveAway(folder);
  const [program = '', ...parameters] = command.map(placed);
  const child = spawn(program, parameters, {
    cwd: folder,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that all its workers end with it.
    detached: true,
    ...ORDINARY,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  let hasEnded = false;
  const ended = new Promise<void>((resolve) =>
    child.on('close', () => {
      hasEnded = true;
      resolve();
    }),
  );
  const log = () => output + readIfThere(join(folder, 'log'));
  const stop = async () => {
    signal(child.pid, 'SIGTERM');
    const timer = setTimeout(() => signal(child.pid, 'SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; !(await listens(port)); tries++) {
    if (hasEnded || tries > 200) {
      const said = log();
      await stop();
      throw new Error(`${program} does not listen at ${port}: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { folder, log, stop };
}

function giveAway(folder: string): void {
  if (ORDINARY.uid === undefined) return;
  const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  for (const path of [folder, ...inside]) chownSync(path, ORDINARY.uid, ORDINARY.gid);
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid) process.kill(-pid, name);
  } catch {}
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('close', () => socket.destroy()).on('connect', () => socket.end());
  });
}
