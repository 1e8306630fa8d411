/** The connection to the server: to the local one with the secrets of .dev.vars, to another by signing in. */
import { localCommandToken } from '../../src/protocol/local-command-token.ts';
import { readDevVars } from '../dev-vars.ts';
import { Failure } from '../failure.ts';
import type { Api } from './command.ts';
import { signInElsewhere } from './sign-in.ts';

/** `end` is called when the command ends: a token that was issued for it is revoked. */
export type Connection = { api: Api; end: () => Promise<void> };

/** @param url a remote server; undefined for the local one, on PORT. */
export async function connectToServer(url: string | undefined): Promise<Connection> {
  if (url === undefined) {
    const port = process.env.PORT ?? 8787;
    const issuer = `http://localhost:${port}`;
    const { config } = readDevVars(issuer);
    // Not "localhost": it may also resolve to an address on which another process listens, which must not get the token.
    const token = localCommandToken(config.root, issuer, Date.now());
    return { api: api(`http://127.0.0.1:${port}`, token), end: async () => undefined };
  }
  const issuer = new URL(url).origin;
  const { accessToken, end } = await signInElsewhere(issuer);
  return { api: api(issuer, accessToken), end };
}

function api(origin: string, token: string): Api {
  return async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const init: RequestInit = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`${origin}/api/admin${path}`, init).catch(() => undefined);
    if (!response) throw new Failure(`Nothing answers at ${origin}: is the server running ("npm start")?`);
    if (response.status === 204) return undefined as T;
    const answer = (await response.json().catch(() => ({}))) as T & { error_description?: string };
    if (!response.ok)
      throw new Failure(`The server refused (${response.status}): ${answer.error_description ?? 'no reason given'}`);
    return answer;
  };
}
