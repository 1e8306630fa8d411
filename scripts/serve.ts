/** Serves a Worker under `wrangler dev` until the command is stopped. */
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { DevServer } from './dev-server.ts';
import { endEarlierRun, findEarlierRun } from './earlier-run.ts';
import { Failure } from './failure.ts';
import { devServer, MIGRATIONS_FAILED, makePrivateFolder, WORKERD_ENDED } from './wrangler.ts';

/** The port that an environment variable names. @throws Failure */
export function portOf(variable: string, otherwise: number): number {
  const port = Number(process.env[variable] ?? otherwise);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Failure(`${variable} must be a number from 1 to 65535.`);
}

/** The port of the inspector, where INSPECTOR_PORT asks for one: through it every secret of the Worker can be read. */
export const inspectorPort = (): number | undefined =>
  process.env.INSPECTOR_PORT ? portOf('INSPECTOR_PORT', 0) : undefined;

/**
 * Ends an earlier server of this folder that outlived its killed command.
 * @param again the command that chooses another port.
 * @throws Failure where the port is in use.
 */
export async function checkPort(port: number, again: string): Promise<void> {
  if (await isFree(port)) return;
  const earlier = findEarlierRun(port);
  if (earlier?.isOrphan) {
    const ids = earlier.ids.join(', ');
    console.log(
      `An earlier server of this folder still uses port ${port}; its command was killed. Ending it (process ${ids}).`,
    );
    await endEarlierRun(earlier.ids);
    if (await isFree(port)) return;
  }
  const user = earlier ? ` by a server of this folder that is running (process ${earlier.ids.join(', ')})` : '';
  throw new Failure(`Port ${port} is in use${user}: end what uses it, or choose another, as in "${again}".`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

type Serving = {
  port: number;
  /** The configuration file of the Worker, its variables and files with secrets, and the folder of its local data. */
  worker: Omit<DevServer, 'port' | 'inspectorPort' | 'migrate' | 'watch'>;
  /** The binding of the database whose migrations are applied first, once. */
  migrate?: string;
  whenMigrated?: () => void;
  /** It is ready when this path is answered with success, or at all. */
  ready: { path: string; ok?: boolean };
  whenReady: () => void;
};

/**
 * Serves until it is told to stop, or until wrangler exits, which is a failure.
 * @returns the exit code.
 * @throws Failure where the migrations fail.
 */
export async function serve(serving: Serving): Promise<number> {
  makePrivateFolder();
  let child: ChildProcess | undefined;
  let isStopping = false;
  const stop = () => {
    isStopping = true;
    child?.kill('SIGTERM');
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const lastLines: string[] = [];
  for (let isFirst = true; ; isFirst = false) {
    child = startServer(serving, isFirst, lastLines);
    const ended = new Promise<number>((resolve) => child?.on('exit', (code) => resolve(code ?? 0)));
    const closed = new Promise((resolve) => child?.on('close', resolve));
    const isUp = await answers(serving, ended);
    if (isUp && isFirst) serving.whenReady();
    if (isUp && !isFirst) console.log('It answers again.');
    const code = await ended;
    if (isStopping) return 0;
    if (code === MIGRATIONS_FAILED) {
      await closed;
      throw new Failure(`The migrations of the database failed:\n${lastLines.join('\n')}`);
    }
    if (code === WORKERD_ENDED && isUp) {
      console.error('workerd exited unexpectedly (killed, or out of memory): starting it again …');
      continue;
    }
    console.error(`The server stopped unexpectedly. Its last lines:\n${lastLines.join('\n')}`);
    return code || 1;
  }
}

function startServer({ worker, port, migrate, whenMigrated }: Serving, isFirst: boolean, lastLines: string[]) {
  // Nobody edits the sources in continuous integration.
  const own = { port, inspectorPort: inspectorPort(), watch: ['', 'false'].includes(process.env.CI ?? '') };
  const child = devServer({ ...worker, ...own, migrate: isFirst ? migrate : undefined });
  child.once('message', () => whenMigrated?.());
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface(stream).on('line', (line) => showLine(line, lastLines));
  }
  return child;
}

/** The Worker's own lines are shown (wrangler marks warnings in front); the rest is kept for when it fails. */
function showLine(line: string, last: string[]): void {
  const at = line.indexOf('{"');
  if (at >= 0) console.log(line.slice(at));
  last.push(line);
  if (last.length > 30) last.shift();
}

/** Waits until the server is ready, or has ended. @returns true where it is ready. */
async function answers({ port, ready }: Serving, ended: Promise<unknown>): Promise<boolean> {
  const end = new AbortController();
  ended.then(() => end.abort());
  while (!end.signal.aborted) {
    const response = await fetch(`http://127.0.0.1:${port}${ready.path}`, end).catch(() => undefined);
    if (response?.ok || (response && !ready.ok)) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}
