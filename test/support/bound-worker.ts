/** A Worker beside this one: it uses connected apps over its binding, and forwards requests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestHarness } from 'wrangler';
import { newSecrets } from '../../scripts/secrets.ts';
import { parseConfig } from '../../src/config.ts';
import { localCommandToken } from '../../src/protocol/local-command-token.ts';
import { User } from './user.ts';

/** The issuer of the Postern beside it. */
export const ISSUER = 'http://localhost:8787';

const CODE = `
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/token') return Response.json(await env.CONNECTIONS.token(...(await request.json())));
    if (pathname === '/connect') return Response.json(await env.CONNECTIONS.connectByAssertion(...(await request.json())));
    const { url, ...init } = await request.json();
    return env.CONNECTIONS.fetch(url, init);
  },
};`;

const CONFIGURATION = `
name = "program"
main = "program.js"
compatibility_date = "2026-01-01"
[[services]]
binding = "CONNECTIONS"
service = "postern"
entrypoint = "Connections"
props = { caller = "program", apps = ["*"], connects = true }
`;

export type Program = {
  /** The administrator, signed in. */
  user: User;
  userId: string;
  /** Fetches from the Postern beside it, and everything else from where it is. */
  fetch: typeof fetch;
  /** Asks the program. */
  ask: (path: string, body: unknown) => Promise<Response>;
  administer: <T>(method: string, path: string, body?: unknown) => Promise<T>;
  close: () => Promise<void>;
};

/** @param own secrets in the place of random ones. */
export async function startProgram(own: Record<string, string> = {}): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-program-'));
  writeFileSync(join(folder, 'wrangler.toml'), CONFIGURATION);
  writeFileSync(join(folder, 'program.js'), CODE);
  const who = 'admin@example.com';
  const secrets: Record<string, string> = { ...newSecrets(who), SIGN_WITH: '1,2', SEAL_WITH: '1', ...own };
  const harness = createTestHarness({
    workers: [
      { configPath: join(folder, 'wrangler.toml') },
      { configPath: join(import.meta.dirname, '../../wrangler.toml'), vars: { ISSUER, ...secrets } },
    ],
  });
  const close = async () => {
    await harness.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const { url } = await harness.listen();
  await harness.getWorker('postern').applyD1Migrations('DB');
  const fetchFrom = ((address: string, init?: RequestInit) =>
    address.startsWith(ISSUER)
      ? harness.getWorker('postern').fetch(address, init as never)
      : fetch(address, init)) as typeof fetch;
  const { root } = parseConfig({ ISSUER, ...secrets });
  const administer = <T>(...request: [method: string, path: string, body?: unknown]) =>
    administerAt<T>(fetchFrom, ISSUER, localCommandToken(root, ISSUER, Date.now()), ...request);
  const user = new User(fetchFrom, ISSUER);
  await user.signIn(who, secrets.ADMIN_PASSWORD ?? '');
  const { users } = await administer<{ users: { id: string }[] }>('GET', '/users');
  const ask = (path: string, body: unknown) =>
    fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return { user, userId: users[0]?.id ?? '', fetch: fetchFrom, ask, administer, close };
}

/** One request to the admin API of a server on this machine. */
export async function administerAt<T>(
  fetchFrom: typeof fetch,
  issuer: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const sending = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetchFrom(`${issuer}/api/admin${path}`, sending);
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
