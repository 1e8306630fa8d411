/**
 * The shared scene of the relying parties: a client that an administrator created, a user who signs in and consents.
 */
import { spawn } from 'node:child_process';
import { expect, inject } from 'vitest';
import { admin } from '../support/admin.ts';
import { User } from '../support/user.ts';

export const REDIRECT_URI = 'http://localhost:3999/callback';

export type Registered = { client_id: string; client_secret: string };

/** A client created by the command with a name and a redirect URI, and what else is named. */
export const createClient = (name: string, ...options: string[]): Promise<Registered> =>
  admin<Registered>('clients', 'create', '--name', name, '--redirect-uri', REDIRECT_URI, ...options);

/** Opens an authorization request, signs in, consents. @returns the address that the client is called back at. */
export function authorize(url: string | URL): Promise<URL> {
  const worker = inject('worker');
  return new User(fetch, worker.url).authorise(String(url), worker);
}

export const issuer = (): string => inject('worker').url;

/**
 * Runs a client of another language. It is given issuer, client_id and client_secret, prints `authorize URL`, reads the
 * address that it is called back at from its standard input, and prints the result as one line of JSON.
 */
export async function runClient(
  command: string[],
  client: Registered,
  env: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const [program = '', ...parameters] = [...command, issuer(), client.client_id, client.client_secret];
  const child = spawn(program, parameters, { env: { ...process.env, ...env } });
  let [output, errors] = ['', ''];
  child.stderr.on('data', (chunk) => (errors += chunk));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const asked = new Promise<string>((resolve) =>
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const line = /^authorize (\S+)\n/.exec(output);
      if (line?.[1]) resolve(line[1]);
    }),
  );
  const url = await Promise.race([asked, ended.then(() => undefined)]);
  if (url) child.stdin.end(`${await authorize(url)}\n`);
  expect([await ended, errors]).toEqual([0, '']);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}
