/** `npm start`: a running server, whatever stood here before. PORT chooses the port, STATE_DIR where its data stand. */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { type DevVars, devVarsFile, readDevVars, stateFolder, writeDevVars } from './dev-vars.ts';
import { Failure, orExplain } from './failure.ts';
import { finished, storeFolder, wrangler } from './wrangler.ts';

export function main(): Promise<number> {
  return orExplain(start);
}

async function start(): Promise<number> {
  const port = Number(process.env.PORT ?? 8787);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Failure('PORT must be a number from 1 to 65535.');
  await checkPort(port);
  mkdirSync(stateFolder(), { recursive: true });
  const issuer = `http://localhost:${port}`;
  const isNew = writeDevVars();
  const vars = readDevVars(issuer);
  await migrate('DB');
  return serve(port, issuer, () => greet(issuer, vars, isNew));
}

async function checkPort(port: number): Promise<void> {
  const isFree = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  if (!isFree)
    throw new Failure(`Port ${port} is in use: end what uses it, or choose another, as in "PORT=8788 npm start".`);
}

async function migrate(database: string): Promise<void> {
  const child = wrangler(['d1', 'migrations', 'apply', database, '--local', '--persist-to', storeFolder()]);
  const { code, output } = await finished(child);
  if (code !== 0) throw new Failure(`The migrations of the database failed:\n${output.trim()}`);
}

/** Serves until it is told to stop, or until wrangler ends by itself, which is a failure. */
async function serve(port: number, issuer: string, whenReady: () => void): Promise<number> {
  const child = wrangler([
    ...['dev', '--port', String(port), '--ip', '127.0.0.1', '--var', `ISSUER:${issuer}`],
    ...['--env-file', devVarsFile(), '--persist-to', storeFolder(), '--show-interactive-dev-session=false'],
  ]);
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
  const ready = await Promise.race([untilItAnswers(issuer), ended]);
  if (ready === true) whenReady();
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

async function untilItAnswers(issuer: string): Promise<true> {
  for (;;) {
    const response = await fetch(`${issuer}/.well-known/jwks.json`).catch(() => undefined);
    if (response?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function greet(issuer: string, { email, password }: DevVars, isNew: boolean): void {
  console.log(`
  Postern runs at   ${issuer}
  Administrator     ${email}
  Password          ${isNew ? password : 'stands in .dev.vars, as ADMIN_PASSWORD'}

  Try next: open ${issuer} and press "Run the flow", or
  curl ${issuer}/.well-known/oauth-authorization-server
`);
}
