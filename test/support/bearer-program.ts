/** The administrator in a browser, and a program of theirs that may use their connections. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { inject } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { localCommandToken } from '../../src/protocol/local-command-token.ts';
import { admin } from './admin.ts';
import { authorizeUrlOf, VERIFIER } from './authorize-url.ts';
import { administerAt } from './bound-worker.ts';
import { User } from './user.ts';

export async function ownProgram(): Promise<{ user: User; bearer: string }> {
  const { url, email, password } = inject('worker');
  const back = 'http://127.0.0.1:9/callback';
  const scope = 'openid connections';
  const client = ['--auth-method', 'none', '--redirect-uri', back, '--scope', scope];
  const { client_id } = await admin<{ client_id: string }>('clients', 'create', '--name', 'My program', ...client);
  const user = new User(fetch, url);
  const answer = await user.authorise(authorizeUrlOf(client_id, back, { scope }), { email, password });
  const response = await fetch(`${url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id,
      redirect_uri: back,
      code_verifier: VERIFIER,
      code: answer.searchParams.get('code') ?? '',
    }),
  });
  return { user, bearer: ((await response.json()) as { access_token: string }).access_token };
}

/** One request to the admin API of the running Worker. */
export function administer<T>(method: string, path: string, body?: unknown): Promise<T> {
  const { url, stateFolder } = inject('worker');
  const vars = parseEnv(readFileSync(join(stateFolder, '.dev.vars'), 'utf8'));
  const { root } = parseConfig({
    ...vars,
    ISSUER: url,
    SIGN_WITH: vars.SIGN_WITH ?? '1,2',
    SEAL_WITH: vars.SEAL_WITH ?? '1',
  });
  return administerAt<T>(fetch, url, localCommandToken(root, url, Date.now()), method, path, body);
}

/** Deletes every connected app of a test, and what was connected through it. */
export async function removeConnectedApps(): Promise<void> {
  const { connected_apps } = await administer<{ connected_apps: { id: string }[] }>('GET', '/connected-apps');
  for (const { id } of connected_apps) await administer('DELETE', `/connected-apps/${id}`);
}
