/** The callers of the mixed profile: each request waits for the previous response. */
import { Agent, request } from 'node:http';
import type { UserId } from '../src/protocol/credentials.ts';
import { BINDINGS } from './bindings.ts';
import { mintCodes, redemption } from './codes.ts';
import type { Credentials } from './records.ts';

export const CALLERS = 16;

type Call = { path: string; form?: Record<string, string>; json?: object; token?: string };
type Tokens = { access_token: string; refresh_token: string };
export type Answered = { kind: string; status: number; sentAt: number; ms: number };

/** A client with a user who authorized it. */
export type Account = Credentials & { userId: UserId };

/** One caller's turn: a sign-in, three refreshes, validation and metadata between them, and a registration. */
export const PROFILE = [
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

/** Runs all callers until the end. @param answers receives each answer. */
export async function callAll(
  url: string,
  account: Account,
  isOver: () => boolean,
  answers: Answered[],
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  await Promise.all(Array.from({ length: CALLERS }, () => call(url, agent, account, isOver, answers)));
  agent.destroy();
}

async function call(url: string, agent: Agent, account: Account, isOver: () => boolean, answers: Answered[]) {
  let tokens: Tokens = { access_token: '', refresh_token: '' };
  for (let turn = 0; !isOver(); turn++) {
    const kind = PROFILE[turn % PROFILE.length] ?? 'metadata';
    const request = await requestOf(kind, account, tokens, turn);
    const sentAt = performance.now();
    const { status, text } = await send(url, agent, request);
    answers.push({ kind, status, sentAt, ms: performance.now() - sentAt });
    if ((kind === 'code' || kind === 'refresh') && status === 200) tokens = JSON.parse(text) as Tokens;
  }
}

async function requestOf(
  kind: (typeof PROFILE)[number],
  { userId, ...credentials }: Account,
  { access_token: token, refresh_token }: Tokens,
  turn: number,
): Promise<Call> {
  switch (kind) {
    case 'code': {
      const approved = { clientId: credentials.client_id, userId, scopes: ['openid', 'profile'] };
      const [code = ''] = await mintCodes(BINDINGS, { ...approved, count: 1 });
      return { path: '/token', form: { ...redemption(credentials.client_id, code), ...credentials } };
    }
    case 'refresh':
      return { path: '/token', form: { grant_type: 'refresh_token', refresh_token, ...credentials } };
    case 'userinfo':
      return { path: '/userinfo', token };
    case 'introspect':
      return { path: '/introspect', form: { token, ...credentials } };
    case 'register':
      return { path: '/register', json: { redirect_uris: [`https://app.example/${turn}`] } };
    case 'keys':
      return { path: '/.well-known/jwks.json' };
    case 'metadata':
      return { path: '/.well-known/oauth-authorization-server' };
  }
}

/** A connection that fails counts as status 599. */
function send(url: string, agent: Agent, { path, form, json, token }: Call) {
  const body = json ? JSON.stringify(json) : form && new URLSearchParams(form).toString();
  const type = json ? 'application/json' : 'application/x-www-form-urlencoded';
  const headers = {
    ...(body !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  return new Promise<{ status: number; text: string }>((resolve) => {
    const method = body === undefined ? 'GET' : 'POST';
    const sent = request(url + path, { agent, method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 599, text }));
    });
    sent.on('error', () => resolve({ status: 599, text: '' })).end(body);
  });
}
