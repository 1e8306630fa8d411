/** `npm start` as a test sees it: a process, what it printed, and a way to end it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

export type Started = { url: string; pid: number; output: () => string; stop: () => Promise<number> };
export type Ended = { code: number; output: string };

type Options = {
  stateFolder: string;
  /** Of the server. */
  port: number;
  /** The arguments and the environment of the script. */
  parameters?: string[];
  env?: Record<string, string>;
  /** The file of its output, for other processes. */
  logFile?: string;
};

function spawnScript(
  name: string,
  { stateFolder, port, parameters = [], env = {}, logFile }: Options,
): { child: ChildProcess; output: () => string } {
  // Built once, and not again when a source changes: esbuild needs no garbage collection.
  const once = { CI: '1', GOGC: 'off' };
  const child = spawn(process.execPath, ['scripts/run.mjs', name, ...parameters], {
    env: { ...process.env, ...once, ...env, STATE_DIR: stateFolder, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      if (logFile) appendFileSync(logFile, chunk);
    });
  }
  return { child, output: () => output };
}

const ended = (child: ChildProcess) =>
  new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)));

const running = new Set<() => Promise<number>>();

/** Ends what a test that failed left running. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((stop) => stop()));
}

/** Starts a server and waits until it greets. @throws Error with what it printed, where it ended instead. */
export async function start(options: Options, script = 'start'): Promise<Started> {
  const { child, output } = spawnScript(script, options);
  const end = ended(child);
  const greeted = new Promise<boolean>((resolve) => {
    child.stdout?.on('data', () => output().includes('Try next') && resolve(true));
  });
  if (!(await Promise.race([greeted, end.then(() => false)]))) throw new Error(`${script} ended: ${output()}`);
  const stop = () => {
    running.delete(stop);
    child.kill('SIGTERM');
    return end;
  };
  running.add(stop);
  return { url: `http://localhost:${options.port}`, pid: child.pid ?? 0, output, stop };
}

/** Runs a script to its end. */
export async function runScript(name: string, options: Options): Promise<Ended> {
  const { child, output } = spawnScript(name, options);
  const code = await ended(child);
  return { code, output: output() };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
