/** The Worker that the tests outside workerd share: `npm start` with data of its own, and nothing else on the port. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { TestProject } from 'vitest/node';
import { freePort, start } from './started.ts';
import { User } from './user.ts';

export type RunningWorker = { url: string; stateFolder: string; email: string; password: string; logFile: string };

declare module 'vitest' {
  interface ProvidedContext {
    worker: RunningWorker;
  }
}

export default async function startWorker(project: TestProject) {
  const stateFolder = mkdtempSync(join(tmpdir(), 'postern-worker-'));
  const logFile = join(stateFolder, 'log');
  const worker = await start({ stateFolder, port: await freePort(), logFile });
  const vars = parseEnv(readFileSync(join(stateFolder, '.dev.vars'), 'utf8'));
  const [email = '', password = ''] = [vars.ADMIN_EMAIL, vars.ADMIN_PASSWORD];
  // Stored by the first sign-in, where no other administrator was created before: the order of the test files decides nothing.
  await new User(fetch, new URL(worker.url).origin).signIn(email, password);
  project.provide('worker', { url: worker.url, stateFolder, logFile, email, password });
  return async () => {
    await Promise.all([worker.stop(), endSecondServer(join(stateFolder, 'second', 'pid'))]);
    rmSync(stateFolder, { recursive: true, force: true });
  };
}

/** Ends the server of second-server.ts, where one was started, and waits until it has ended. */
async function endSecondServer(pidFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const isRunning = (signal: NodeJS.Signals | 0) => {
    try {
      return process.kill(pid, signal);
    } catch {
      return false;
    }
  };
  isRunning('SIGTERM');
  while (isRunning(0)) await new Promise((resolve) => setTimeout(resolve, 50));
}
