/** How the command reaches the server: the local one by what stands in .dev.vars, another by signing in. */
import { localCommandToken } from '../../src/protocol/local-command.ts';
import { readDevVars } from '../dev-vars.ts';
import { Failure } from '../failure.ts';
import type { Api } from './command.ts';
import { signInElsewhere } from './sign-in.ts';

/** @param url a server elsewhere; undefined for the local one, on PORT. */
export async function connect(url: string | undefined): Promise<Api> {
  if (url === undefined) {
    const issuer = `http://localhost:${process.env.PORT ?? 8787}`;
    const { config } = readDevVars(issuer);
    return api(issuer, localCommandToken(config.root, issuer, Date.now()));
  }
  const issuer = new URL(url).origin;
  return api(issuer, await signInElsewhere(issuer));
}

function api(issuer: string, token: string): Api {
  return async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const init: RequestInit = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`${issuer}/api/admin${path}`, init).catch(() => undefined);
    if (!response) throw new Failure(`Nothing answers at ${issuer}: is the server running ("npm start")?`);
    if (response.status === 204) return undefined as T;
    const answer = (await response.json().catch(() => ({}))) as T & { error_description?: string };
    if (!response.ok)
      throw new Failure(`The server refused (${response.status}): ${answer.error_description ?? 'no reason given'}`);
    return answer;
  };
}
