/** A Worker under `wrangler dev`, as long as whoever started it wants it. */
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { Failure } from './failure.ts';
import { wrangler } from './wrangler.ts';

/** The port that an environment variable names. @throws Failure */
export function portOf(variable: string, otherwise: number): number {
  const port = Number(process.env[variable] ?? otherwise);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Failure(`${variable} must be a number from 1 to 65535.`);
}

/** @param again the command that chooses another. @throws Failure */
export async function checkPort(port: number, again: string): Promise<void> {
  const isFree = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  if (!isFree) throw new Failure(`Port ${port} is in use: end what uses it, or choose another, as in "${again}".`);
}

type Serving = {
  port: number;
  /** What wrangler is told beside the port. */
  words: string[];
  /** It is ready when this path is answered with success, or at all. */
  ready: { path: string; ok?: boolean };
  whenReady: () => void;
};

/** Serves until it is told to stop, or until wrangler ends by itself, which is a failure. @returns the exit code. */
export async function serve({ port, words, ready, whenReady }: Serving): Promise<number> {
  const address = ['--port', String(port), '--ip', '127.0.0.1', '--show-interactive-dev-session=false'];
  const child = wrangler(['dev', ...address, ...words]);
  let asked = false;
  const stop = () => {
    asked = true;
    child.kill('SIGTERM');
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface(stream).on('line', (line) => showLine(line, last));
  }
  const ended = new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? 0)));
  const isUp = await Promise.race([untilItAnswers(`http://localhost:${port}${ready.path}`, ready.ok), ended]);
  if (isUp === true) whenReady();
  const code = await ended;
  if (asked) return 0;
  console.error(`The server stopped by itself. The last it said:\n${last.join('\n')}`);
  return code || 1;
}

/** The Worker's own lines are shown (wrangler marks warnings in front); the rest is kept for when it fails. */
function showLine(line: string, last: string[]): void {
  const at = line.indexOf('{"');
  if (at >= 0) console.log(line.slice(at));
  last.push(line);
  if (last.length > 30) last.shift();
}

async function untilItAnswers(url: string, ok = false): Promise<true> {
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok || (response && !ok)) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
