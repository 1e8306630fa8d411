/** The user and the clients of a benchmark. */
import type { UserId } from '../src/protocol/credentials.ts';
import { REDIRECT_URI } from './codes.ts';
import { send } from './load.ts';
import type { Served } from './worker.ts';

export type Credentials = { client_id: string; client_secret: string };

const register = async <T>({ url }: Pick<Served, 'url'>, metadata: object): Promise<T> =>
  JSON.parse(await send(undefined, url, { path: '/register', json: metadata })) as T;

/** @returns the ID of a public client. */
export async function registerPublic(postern: Pick<Served, 'url'>, more: object = {}): Promise<string> {
  const { client_id } = await register<{ client_id: string }>(postern, {
    redirect_uris: [REDIRECT_URI],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    ...more,
  });
  return client_id;
}

/** Registers a confidential client, which may introspect its tokens. */
export async function registerConfidential(postern: Pick<Served, 'url'>): Promise<Credentials> {
  const { client_id, client_secret } = await register<Credentials>(postern, {
    redirect_uris: [REDIRECT_URI],
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code', 'refresh_token'],
  });
  return { client_id, client_secret };
}

/** Registers a client of the client credentials grant, which only an administrator may enable. */
export async function registerMachine(postern: Served): Promise<Credentials> {
  const credentials = await registerConfidential(postern);
  const db = await postern.miniflare.getD1Database('DB');
  const metadata = `json_set(metadata, '$.grant_types', json('["client_credentials"]'), '$.scope', 'profile')`;
  await db.prepare(`UPDATE clients SET metadata = ${metadata} WHERE id = ?`).bind(credentials.client_id).run();
  return credentials;
}

/** @returns the ID of a user without a password. */
export async function createUser({ miniflare }: Pick<Served, 'miniflare'>): Promise<UserId> {
  const id = 'u_AAAAAAAAAAAAAAAAAAAAAA' as const;
  const db = await miniflare.getD1Database('DB');
  await db
    .prepare("INSERT INTO users (id, email, name, roles, created_at) VALUES (?, 'user@example.com', 'User', '[]', 1)")
    .bind(id)
    .run();
  return id;
}
