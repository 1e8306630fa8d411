/**
 * `npm run bench -- mixed`: sixteen concurrent callers in a mixed profile, for a time, and the sweep of a backlog beside
 * them. Prints errors, latencies, heap, size of the database, and the longest wait of a request during the sweep.
 */
import { Agent, request } from 'node:http';
import { BINDINGS } from './bindings.ts';
import { mintCodes, REDIRECT_URI, redemption } from './codes.ts';
import { heapOf } from './heap.ts';
import { percentile } from './load.ts';
import { migrate } from './operations.ts';
import type { Served } from './worker.ts';

const CALLERS = 16;

/** Rows that expire in the five minutes between two sweeps, at a thousand a second. */
const BACKLOG = 300_000;

type Call = { path: string; form?: Record<string, string>; json?: object; token?: string };
type Answered = { kind: string; status: number; sentAt: number; ms: number };
type Tokens = { access_token: string; refresh_token: string };

/** One caller's turn: a sign-in, three refreshes, validation and metadata between them, and a registration. */
const PROFILE = [
  'code',
  'userinfo',
  'metadata',
  'refresh',
  'introspect',
  'refresh',
  'keys',
  'userinfo',
  'refresh',
  'register',
] as const;

export type MixedReport = {
  requests: number;
  errors: Map<string, number>;
  latencies: number[];
  heapKiB: { before: number; after: number };
  bytes: { before: number; filled: number; after: number };
  sweep: { rows: number; seconds: number; longestWait: number; longestWaitBefore: number };
};

/** @param minutes the time of the callers; the sweep begins after half of it. */
export async function mixed(served: Served, minutes: number): Promise<MixedReport> {
  await migrate(served);
  const db = await served.miniflare.getD1Database('DB');
  const client = await registerConfidential(served);
  const userId = 'u_AAAAAAAAAAAAAAAAAAAAAA' as const;
  await db
    .prepare("INSERT INTO users (id, email, name, roles, created_at) VALUES (?, 'user@example.com', 'User', '[]', 1)")
    .bind(userId)
    .run();
  const used = async () => Number((await db.prepare('SELECT 1').all()).meta.size_after);
  const answers: Answered[] = [];
  const before = { bytes: await used(), heap: await heapOf(served) };
  await fillExpired(db);
  const filled = await used();
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  const account = { ...client, userId };
  let warm = CALLERS * PROFILE.length;
  const callAll = (isOver: () => boolean, into: Answered[]) =>
    Promise.all(Array.from({ length: CALLERS }, () => call(served, agent, account, isOver, into)));
  // The first requests start the isolate, and are not counted.
  await callAll(() => warm-- <= 0, []);
  const start = performance.now();
  let isSwept = false;
  const isOver = () => isSwept && performance.now() > start + minutes * 60_000;
  const callers = callAll(isOver, answers);
  await pause(minutes * 30_000);
  const began = performance.now();
  const worker = await served.miniflare.getWorker();
  await worker.scheduled({ scheduledTime: new Date(), cron: '*/5 * * * *' });
  const swept = performance.now();
  isSwept = true;
  const after = await used();
  await callers;
  agent.destroy();
  const longest = (from: number, to: number) =>
    Math.max(0, ...answers.filter(({ sentAt, ms }) => sentAt + ms >= from && sentAt < to).map(({ ms }) => ms));
  const failed = answers.filter(({ status }) => status >= 300).map(({ kind, status }) => `${kind} ${status}`);
  return {
    requests: answers.length,
    errors: new Map([...Map.groupBy(failed, (one) => one)].map(([one, all]) => [one, all.length])),
    latencies: answers.map(({ ms }) => ms),
    heapKiB: { before: before.heap, after: await heapOf(served) },
    bytes: { before: before.bytes, filled, after },
    sweep: {
      rows: 2 * BACKLOG - (await left(db)),
      seconds: (swept - began) / 1000,
      longestWait: longest(began, swept),
      longestWaitBefore: longest(began - Math.min(swept - began, minutes * 30_000), began),
    },
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Expired access tokens and single-use values, as a busy server leaves them behind. */
async function fillExpired(db: D1Database): Promise<void> {
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${BACKLOG})`;
  await db
    .prepare(`INSERT INTO tokens (id, grant_id, client_id, user_id, scopes, resource, issued_at, expires_at)
      ${numbers} SELECT 't_0_expired' || i, 'g_0_' || i, 'c_' || (i % 100), 'u_' || (i % 9999), '["profile"]',
        'https://as.example', 1, 1 + i FROM n`)
    .run();
  await db.prepare(`INSERT INTO single_uses (hash, expires_at) ${numbers} SELECT 'expired' || i, 1 + i FROM n`).run();
}

const left = async (db: D1Database): Promise<number> =>
  Number(
    await db
      .prepare(`SELECT (SELECT count(*) FROM tokens WHERE expires_at <= ${BACKLOG + 1})
        + (SELECT count(*) FROM single_uses WHERE expires_at <= ${BACKLOG + 1}) AS n`)
      .first('n'),
  );

type Credentials = { client_id: string; client_secret: string };
type Account = Credentials & { userId: `u_${string}` };

/** Registers a confidential client, which may introspect its tokens. */
async function registerConfidential(served: Served): Promise<Credentials> {
  const json = {
    redirect_uris: [REDIRECT_URI],
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code', 'refresh_token'],
  };
  const { text } = await send(undefined, served.url, { path: '/register', json });
  const { client_id, client_secret } = JSON.parse(text) as Credentials;
  return { client_id, client_secret };
}

/** One caller until the end: each request waits for the previous response. */
async function call(
  served: Served,
  agent: Agent,
  account: Account,
  isOver: () => boolean,
  answers: Answered[],
): Promise<void> {
  let tokens: Tokens = { access_token: '', refresh_token: '' };
  for (let turn = 0; !isOver(); turn++) {
    const kind = PROFILE[turn % PROFILE.length] ?? 'metadata';
    const request = await requestOf(kind, account, tokens, turn);
    const sentAt = performance.now();
    const { status, text } = await send(agent, served.url, request);
    answers.push({ kind, status, sentAt, ms: performance.now() - sentAt });
    if ((kind === 'code' || kind === 'refresh') && status === 200) tokens = JSON.parse(text) as Tokens;
  }
}

async function requestOf(
  kind: string,
  { userId, ...credentials }: Account,
  tokens: Tokens,
  turn: number,
): Promise<Call> {
  switch (kind) {
    case 'code': {
      const [code = ''] = await mintCodes(BINDINGS, {
        clientId: credentials.client_id,
        count: 1,
        userId,
        scopes: ['openid', 'profile'],
      });
      return { path: '/token', form: { ...redemption(credentials.client_id, code), ...credentials } };
    }
    case 'refresh':
      return {
        path: '/token',
        form: { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, ...credentials },
      };
    case 'userinfo':
      return { path: '/userinfo', token: tokens.access_token };
    case 'introspect':
      return { path: '/introspect', form: { token: tokens.access_token, ...credentials } };
    case 'register':
      return { path: '/register', json: { redirect_uris: [`https://app.example/${turn}`] } };
    case 'keys':
      return { path: '/.well-known/jwks.json' };
    default:
      return { path: '/.well-known/oauth-authorization-server' };
  }
}

/** A connection that fails counts as status 599. */
function send(agent: Agent | undefined, url: string, { path, form, json, token }: Call) {
  const body = json ? JSON.stringify(json) : form && new URLSearchParams(form).toString();
  const type = json ? 'application/json' : 'application/x-www-form-urlencoded';
  const headers = {
    ...(body !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  return new Promise<{ status: number; text: string }>((resolve) => {
    const sent = request(
      url + path,
      { ...(agent && { agent }), method: body === undefined ? 'GET' : 'POST', headers },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 599, text }));
      },
    );
    sent.on('error', () => resolve({ status: 599, text: '' })).end(body);
  });
}

/** The lines of a report. */
export function mixedLines({ requests, errors, latencies, heapKiB, bytes, sweep }: MixedReport): string[] {
  const [mb, ms] = [(value: number) => (value / 1e6).toFixed(1), (value: number) => value.toFixed(1)];
  const failures = [...errors].map(([what, count]) => `${what} × ${count}`).join(', ') || 'none';
  return [
    `${requests} requests of ${CALLERS} callers, errors: ${failures}`,
    `p50 ${ms(percentile(latencies, 0.5))} ms, p99 ${ms(percentile(latencies, 0.99))} ms`,
    `Heap after collection: ${heapKiB.before.toFixed(0)} KiB before, ${heapKiB.after.toFixed(0)} KiB after`,
    `D1: ${mb(bytes.before)} MB, ${mb(bytes.filled)} MB with the backlog, ${mb(bytes.after)} MB after the sweep`,
    `Sweep: ${sweep.rows} rows in ${sweep.seconds.toFixed(1)} s, ${(sweep.rows / sweep.seconds).toFixed(0)} a second; longest request meanwhile ${ms(sweep.longestWait)} ms, without a sweep ${ms(sweep.longestWaitBefore)} ms`,
  ];
}
