/** A second Postern beside the running Worker, with the command of its administrator. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { adminAt } from './admin.ts';
import { freePort, start } from './started.ts';

export type SecondServer = {
  url: string;
  administrator: { email: string; password: string };
  /** Runs the command for its answer. */
  admin: <T>(...words: string[]) => Promise<T>;
  stop: () => Promise<void>;
};

export async function startSecondServer(): Promise<SecondServer> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'postern-second-'));
  const server = await start({ stateFolder, port: await freePort() });
  const { ADMIN_EMAIL: email = '', ADMIN_PASSWORD: password = '' } = parseEnv(
    readFileSync(join(stateFolder, '.dev.vars'), 'utf8'),
  );
  return {
    url: server.url,
    administrator: { email, password },
    admin: async <T>(...words: string[]) => {
      const port = Number(new URL(server.url).port);
      const { code, stdout, stderr } = await adminAt({ stateFolder, port }, ...words, '--json');
      if (code !== 0) throw new Error(`admin ${words.join(' ')}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    stop: async () => {
      await server.stop();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
