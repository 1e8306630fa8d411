/** One running Worker for all tests of the outside, started as a newcomer would, with data of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { TestProject } from 'vitest/node';

export type RunningWorker = { url: string; stateFolder: string; email: string; password: string; log: string };

declare module 'vitest' {
  interface ProvidedContext {
    worker: RunningWorker;
  }
}

export default async function startWorker(project: TestProject) {
  const stateFolder = mkdtempSync(join(tmpdir(), 'postern-worker-'));
  const port = await freePort();
  const child = spawn(process.execPath, ['scripts/run.mjs', 'start'], {
    env: { ...process.env, STATE_DIR: stateFolder, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const log = join(stateFolder, 'log');
  const { appendFileSync } = await import('node:fs');
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      appendFileSync(log, chunk);
      if (String(chunk).includes('Postern runs at')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`npm start ended with ${code}`)));
  });
  const vars = parseEnv(readFileSync(join(stateFolder, '.dev.vars'), 'utf8'));
  project.provide('worker', {
    url: `http://localhost:${port}`,
    stateFolder,
    log,
    email: vars.ADMIN_EMAIL ?? '',
    password: vars.ADMIN_PASSWORD ?? '',
  });
  return async () => {
    child.removeAllListeners('exit');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    rmSync(stateFolder, { recursive: true, force: true });
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
