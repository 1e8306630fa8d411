/** A server of this checkout that outlived its killed `npm start`: recognised by its command line, and ended. */
import { execFileSync } from 'node:child_process';
import { stateFolder } from './dev-vars.ts';

type Process = { id: number; parent: number; command: string };

/** The processes of this machine; none where `ps` does not exist. */
function processes(): Process[] {
  try {
    const rows = execFileSync('ps', ['-ww', '-eo', 'pid=,ppid=,args='], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    return [...rows.matchAll(/^ *(\d+) +(\d+) (.*)$/gm)].map(([, id, parent, command = '']) => ({
      id: Number(id),
      parent: Number(parent),
      command,
    }));
  } catch {
    return [];
  }
}

export type EarlierRun = {
  /** The processes that serve the port. */
  ids: readonly number[];
  /** Its `npm start` was killed: nothing ends it any more. */
  isOrphan: boolean;
};

/** The development server of this checkout's data, or its workerd, that uses the port; undefined where another program does. */
export function findEarlierRun(port: number, folder = stateFolder()): EarlierRun | undefined {
  const all = processes();
  const servers = all.filter(({ command }) => isDevServer(command, port, folder));
  const workers = all.filter(({ command }) => isWorkerd(command, port));
  const found = [...servers, ...workers];
  if (found.length === 0) return undefined;
  const byId = new Map(all.map((one) => [one.id, one]));
  const hasParent = ({ parent }: Process) => /scripts\/(run\.mjs|dev-server\.ts)/.test(byId.get(parent)?.command ?? '');
  const first = servers[0] ?? workers[0];
  return { ids: found.map(({ id }) => id), isOrphan: first !== undefined && !hasParent(first) };
}

const isDevServer = (command: string, port: number, folder: string): boolean =>
  command.includes('scripts/dev-server.ts ') &&
  new RegExp(`"port":${port}[,}]`).test(command) &&
  command.includes(`"persist":${JSON.stringify(folder).slice(0, -1)}`);

/** The workerd of this checkout that listens on the port. */
const isWorkerd = (command: string, port: number): boolean =>
  command.includes(process.cwd()) && command.includes('/workerd ') && command.includes(`=127.0.0.1:${port} `);

/** Ends the processes of an earlier run, the development server first: it ends its workerd. Waits until they are gone. */
export async function endEarlierRun(ids: readonly number[]): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const id of ids) end(id, signal);
    for (let waited = 0; waited < 50 && ids.some(isAlive); waited++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const isAlive = (id: number): boolean => end(id, 0);

/** Sends a signal. @returns whether there was such a process. */
function end(id: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(id, signal);
  } catch {
    return false;
  }
}
