/** The measured operations, and those that they are compared with. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BINDINGS } from './bindings.ts';
import { mintCodes, REDIRECT_URI, redemption } from './codes.ts';
import { guardOperations } from './guard-operations.ts';
import { CALLERS, type Caller, type Operation, send } from './load.ts';
import type { Served } from './worker.ts';

/** Migrates as a deployment does. */
export async function migrate(postern: Served): Promise<void> {
  await migrateDatabase(await postern.miniflare.getD1Database('DB'));
}

export async function migrateDatabase(db: Pick<D1Database, 'prepare'>): Promise<void> {
  for (const file of readdirSync('drizzle')
    .filter((name) => name.endsWith('.sql'))
    .sort()) {
    const statements = readFileSync(join('drizzle', file), 'utf8').split('--> statement-breakpoint');
    for (const statement of statements) await db.prepare(statement).run();
  }
}

/**
 * Migrates and registers what the operations need.
 * @param seconds the length of a turn.
 */
export async function prepare(postern: Served, floor: Served, seconds: number): Promise<Operation[]> {
  await migrate(postern);
  const floorDb = await floor.miniflare.getD1Database('DB');
  await floorDb.prepare('CREATE TABLE grants (id TEXT PRIMARY KEY, generation INTEGER, expires_at INTEGER)').run();
  await floorDb.prepare('CREATE TABLE tokens (id TEXT PRIMARY KEY, grant_id TEXT, expires_at INTEGER)').run();
  const clientId = await register(postern);
  return [
    {
      name: 'discovery',
      beside: 'empty',
      postern: async () => () => () => ({ path: '/.well-known/oauth-authorization-server' }),
      other: async () => () => () => ({ path: '/.well-known/oauth-authorization-server' }),
    },
    {
      name: 'code to tokens',
      beside: 'floor',
      postern: async () => {
        const codes = await mintCodes(BINDINGS, { clientId, count: 3000 });
        return () => () => ({ path: '/token', form: redemption(clientId, codes.pop() ?? '') });
      },
      other: async () => () => () => ({ path: '/token', form: { grant_type: 'code', id: randomUUID() } }),
    },
    {
      name: 'refresh',
      beside: 'floor',
      postern: () => refreshCallers(postern, clientId),
      other: async () => {
        const ids = Array.from({ length: CALLERS }, () => randomUUID());
        for (const id of ids) await send(undefined, floor.url, { path: '/', form: { grant_type: 'code', id } });
        return (index) => () => ({ path: '/token', form: { grant_type: 'refresh_token', id: ids[index] ?? '' } });
      },
    },
    ...guardOperations(seconds),
  ];
}

async function register(postern: Served): Promise<string> {
  const response = await fetch(`${postern.url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    }),
  });
  return ((await response.json()) as { client_id: string }).client_id;
}

/** Each caller has a family of its own and goes on with what it was given. */
async function refreshCallers(postern: Served, client_id: string): Promise<(index: number) => Caller> {
  const codes = await mintCodes(BINDINGS, { clientId: client_id, count: CALLERS });
  const first = await Promise.all(
    codes.map((code) => send(undefined, postern.url, { path: '/token', form: redemption(client_id, code) })),
  );
  return (index) => (previous) => {
    const { refresh_token } = JSON.parse(previous ?? first[index] ?? '') as { refresh_token: string };
    return { path: '/token', form: { grant_type: 'refresh_token', client_id, refresh_token } };
  };
}
