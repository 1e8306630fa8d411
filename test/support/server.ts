/** The Worker under test, called in the same isolate with bindings of the test's choice. */
import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import type { Bindings } from '../../src/config.ts';
import { readConfig } from '../../src/config.ts';
import { type RpcDeps, rpcDeps } from '../../src/http/rpc.ts';
import type { CallerProps } from '../../src/http/rpc-caller.ts';
import { localCommandToken } from '../../src/protocol/local-command-token.ts';
import worker from '../../src/worker.ts';
import { recordStatements } from './query-plans.ts';
import { newRequestContext } from './request-context.ts';
import { User } from './user.ts';

export const ISSUER = 'https://as.example';
export const ADMINISTRATOR = { email: 'admin@example.com', password: 'correct horse battery' };

/** Bindings without the shards, or with those named. */
export function bindings(shards: ('SHARD_WEUR' | 'SHARD_APAC')[] = [], changes: Partial<Bindings> = {}): Bindings {
  const { SHARD_WEUR, SHARD_APAC, ...rest } = env;
  const all = { SHARD_WEUR, SHARD_APAC };
  const named = Object.fromEntries(shards.map((name) => [name, all[name]]));
  return { ...rest, ...ceilings(), ...named, ...changes } as Bindings;
}

/** The rate limiters, counting anew in each test: what they counted cannot be deleted. */
function ceilings(): Record<string, RateLimit> {
  const limiters = Object.entries(env).filter(([name]) => name.endsWith('_CEILING')) as [string, RateLimit][];
  return Object.fromEntries(
    limiters.map(([name, limiter]) => [
      name,
      { limit: ({ key }) => limiter.limit({ key: `${expect.getState().currentTestName} ${key}` }) },
    ]),
  );
}

export type Server = {
  env: Bindings;
  /** Waits for what goes on behind the response, too. */
  fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** Waits for the response only, as a caller does. */
  fetchOnly: (url: string, init?: RequestInit) => Promise<Response>;
  user: () => User;
  admin: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>;
};

const behind: Promise<void>[] = [];

/** Lets what goes on behind responses come to its end, so that it does not meet the next test's empty stores. */
export async function settle(): Promise<void> {
  const enough = new Promise((resolve) => setTimeout(resolve, 500));
  await Promise.race([Promise.allSettled(behind.splice(0)), enough]);
}

/** @param continent where the callers are, for the choice of a shard. */
export function serve(env: Bindings = bindings(), continent = 'EU'): Server {
  const request = (url: string, init: RequestInit = {}) =>
    new Request(new URL(url, env.ISSUER), {
      redirect: 'manual',
      ...init,
      cf: { continent, longitude: '2' },
    } as RequestInit);
  const fetchOnly = async (url: string, init?: RequestInit) => {
    const { context, finish } = newRequestContext();
    const response = await worker.fetch(request(url, init) as never, recordStatements(env), context);
    behind.push(finish());
    return response;
  };
  const fetch = async (url: string, init?: RequestInit) => {
    const { context, finish } = newRequestContext();
    const response = await worker.fetch(request(url, init) as never, recordStatements(env), context);
    await finish();
    return response;
  };
  // The local command works on loopback only: the same stores, seen as from there.
  const local = { ...env, ISSUER: 'http://localhost:8787' };
  const admin: Server['admin'] = async (method, path, body, more = {}) => {
    const authorization = `Bearer ${localCommandToken(readConfig(local).root, local.ISSUER, Date.now())}`;
    const headers = { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...more };
    const { context, finish } = newRequestContext();
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await worker.fetch(
      new Request(`${local.ISSUER}/api/admin${path}`, init) as never,
      recordStatements(local),
      context,
    );
    await finish();
    return response;
  };
  return { env, fetch, fetchOnly, user: () => new User(fetch, env.ISSUER), admin };
}

/** The dependencies of a call by a Worker of the same account; `settle` waits for what goes on behind it. */
export const workerDeps = (env: Bindings, props: CallerProps | undefined): RpcDeps =>
  rpcDeps(recordStatements(env), props, (work) => {
    behind.push(work.then(() => undefined));
  });

/** One run of the cron, as if it were that time. */
export async function runCron(env: Bindings, time: number = Date.now()): Promise<void> {
  const { context, finish } = newRequestContext();
  await worker.scheduled(createScheduledController({ scheduledTime: new Date(time) }), recordStatements(env), context);
  await finish();
}

/** The administrator's verb, whose success is taken for granted. */
export async function administer<T>(server: Server, method: string, path: string, body?: unknown): Promise<T> {
  const response = await server.admin(method, path, body);
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** A second administrator: the last one can neither be disabled nor lose the role. */
export const addAdministrator = <T>(server: Server): Promise<T> =>
  administer<T>(server, 'POST', '/users', {
    email: `another-${crypto.randomUUID()}@example.com`,
    name: 'Another',
    roles: ['administrator'],
  });

export const setSetting = (server: Server, name: string, value: unknown) =>
  administer(server, 'PUT', `/settings/${name}`, { value });
