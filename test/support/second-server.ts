/** A second Postern beside the running Worker, with the command of its administrator. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { inject } from 'vitest';
import { adminAt } from './admin.ts';
import { freePort, start } from './started.ts';

export type SecondServer = {
  url: string;
  stateFolder: string;
  administrator: { email: string; password: string };
  /** Runs the command for its answer. */
  admin: <T>(...words: string[]) => Promise<T>;
};

let shared: Promise<SecondServer> | undefined;

/** The one that all files share: the first that asks starts it, and it ends with the running Worker. */
export function secondServer(): Promise<SecondServer> {
  shared ??= startSecondServer();
  return shared;
}

async function startSecondServer(): Promise<SecondServer> {
  const stateFolder = join(inject('worker').stateFolder, 'second');
  mkdirSync(stateFolder);
  const { url, pid } = await start({ stateFolder, port: await freePort() });
  writeFileSync(join(stateFolder, 'pid'), String(pid));
  const { ADMIN_EMAIL: email = '', ADMIN_PASSWORD: password = '' } = parseEnv(
    readFileSync(join(stateFolder, '.dev.vars'), 'utf8'),
  );
  return {
    url,
    stateFolder,
    administrator: { email, password },
    admin: async <T>(...words: string[]) => {
      const port = Number(new URL(url).port);
      const { code, stdout, stderr } = await adminAt({ stateFolder, port }, ...words, '--json');
      if (code !== 0) throw new Error(`admin ${words.join(' ')}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
  };
}
