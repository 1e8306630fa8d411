/** The token cache: one refresh at a time across the world, and no answer of a provider lost (RFC 6749 §6). */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dropUnpersisted } from '../../src/oauth-client/unpersisted-tokens.ts';
import type { UserId } from '../../src/protocol/credentials.ts';
import { Databases } from '../../src/storage/database/database.ts';
import { connectionId } from '../../src/storage/providers/connections.ts';
import { acquireLease } from '../../src/storage/providers/refresh-lease.ts';
import { entrance } from '../support/entrance.ts';
import {
  connectApp,
  connectUser,
  type FarEnd,
  farEnd,
  idToken,
  refusal,
  signedIn,
  tokens,
} from '../support/far-end.ts';
import { wrapStores } from '../support/recorder.ts';
import { ADMINISTRATOR, administer, bindings, type Server, serve } from '../support/server.ts';
import { shortenPauses } from '../support/short-pauses.ts';
import type { User } from '../support/user.ts';
import { text } from '../support/user.ts';

type Fault = <T>(store: string, operation: () => Promise<T>) => Promise<T>;
const down: Fault = () => Promise.reject(new Error('D1_ERROR: Network connection lost.'));

let fault: Fault | undefined;
let server: Server;
let far: FarEnd;
let user: User;
let userId: string;

/** Connected with a token that has expired already; refreshing counts up. */
beforeEach(async () => {
  fault = undefined;
  server = serve(wrapStores(bindings(), (store, operation) => (fault ? fault(store, operation) : operation())));
  far = await farEnd();
  far.grants.authorization_code = async () => tokens({ id_token: await idToken(far), expires_in: 1 });
  far.grants.refresh_token = () =>
    tokens({ access_token: `at-${far.tokenRequests.length}`, refresh_token: `rt-${far.tokenRequests.length}` });
  await connectApp(server, far);
  user = await signedIn(server);
  await connectUser(user, far);
  const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', `/users?email=${ADMINISTRATOR.email}`);
  userId = users[0]?.id ?? '';
});

afterEach(() => vi.useRealTimers());

const take = (scopes?: string[]) => entrance(server).token('faraway', userId, scopes);
const refreshes = () => far.tokenRequests.filter(({ body }) => body.get('grant_type') === 'refresh_token');
const codeOf = (error: unknown) => (error as { code?: string }).code;
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: Error & { code?: string; description?: string; headers?: Record<string, string> }) => error,
  );
const row = async () =>
  (await administer<{ connections: Record<string, string>[] }>(server, 'GET', '/connections')).connections[0];

describe('an expired token', () => {
  it('is refreshed once for a hundred requests at once, which all get the result', async () => {
    far.grants.refresh_token = async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      return tokens({ access_token: 'fresh', refresh_token: 'rt-2' });
    };
    const all = await Promise.all(Array.from({ length: 100 }, () => take()));
    expect(new Set(all.map(({ access_token }) => access_token))).toEqual(new Set(['fresh']));
    expect(refreshes()).toHaveLength(1);
    expect(refreshes()[0]?.body.get('refresh_token')).toBe('rt-1');
    await take();
    expect(refreshes()).toHaveLength(1);
  });

  it('is refreshed with the refresh token that came last', async () => {
    far.grants.refresh_token = () => tokens({ expires_in: 1, refresh_token: `rt-${far.tokenRequests.length}` });
    await take();
    await take();
    expect(refreshes().map(({ body }) => body.get('refresh_token'))).toEqual(['rt-1', 'rt-2']);
  });

  it('keeps its refresh token where the provider does not send another', async () => {
    far.grants.refresh_token = () => tokens({ expires_in: 1, refresh_token: undefined });
    await take();
    await take();
    expect(refreshes().map(({ body }) => body.get('refresh_token'))).toEqual(['rt-1', 'rt-1']);
  });

  it('is refreshed whatever id_token comes with the new one, and without a token_type', async () => {
    far.grants.refresh_token = () => tokens({ access_token: 'fresh', id_token: 'nonsense', token_type: undefined });
    expect((await take()).access_token).toBe('fresh');
  });

  it('takes over scopes that the provider changed', async () => {
    far.grants.refresh_token = () => tokens({ scope: 'files.read files.list' });
    expect((await take()).scope).toBe('files.read files.list');
  });
});

describe('a token that is about to expire', () => {
  it('is given out, and refreshed behind the response', async () => {
    far.grants.refresh_token = () => tokens({ access_token: 'first', expires_in: 400 });
    await take();
    far.grants.refresh_token = () => tokens({ access_token: 'second', expires_in: 3600 });
    vi.setSystemTime(Date.now() + 350_000);
    const { token, settle } = entrance(server);
    expect((await token('faraway', userId)).access_token).toBe('first');
    await settle();
    expect((await take()).access_token).toBe('second');
    expect(refreshes()).toHaveLength(2);
  });

  it('of a provider that does not say when it expires is good until it is refused', async () => {
    far.grants.refresh_token = () => tokens({ access_token: 'for ever', expires_in: undefined });
    const { expires_in, access_token } = await take();
    expect([access_token, expires_in]).toEqual(['for ever', undefined]);
    vi.setSystemTime(Date.now() + 365 * 86_400_000);
    expect((await take()).access_token).toBe('for ever');
  });
});

describe('the holder of the lease, which refreshes', () => {
  const lease = (holder: string) =>
    acquireLease(new Databases(server.env), connectionId('faraway', userId as UserId), holder, Date.now());

  it('is one: of fifty that take the lease at once, one has it, with the next number', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, (_, index) => lease(`holder ${index}`)));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(all.find(Boolean)?.fence).toBe(2);
  });

  it('recognises its own lease when the answer of D1 was lost', async () => {
    let lost = false;
    fault = async (_, operation) => {
      const answer = await operation();
      if (lost) return answer;
      lost = true;
      throw new Error('D1_ERROR: Network connection lost.');
    };
    expect((await lease('holder'))?.fence).toBe(2);
  });

  it('is waited for ten seconds, then the others get 503 with Retry-After', async () => {
    await lease('a slow holder');
    shortenPauses();
    const began = Date.now();
    const error = await refused(take());
    expect([codeOf(error), error.headers?.['Retry-After']]).toEqual(['temporarily_unavailable', '5']);
    expect(Date.now() - began).toBeGreaterThan(8_000);
    expect(Date.now() - began).toBeLessThan(12_000);
    expect(refreshes()).toHaveLength(0);
  });

  it('and died is succeeded after fifteen seconds', async () => {
    await lease('a holder that died');
    vi.setSystemTime(Date.now() + 15_001);
    expect((await take()).access_token).toBe('at-2');
    expect(refreshes()).toHaveLength(1);
  });

  it('and was slow does not overwrite what its successor saved', async () => {
    far.grants.refresh_token = async () => {
      // The lease expires while this response is on its way, and another holder is quicker.
      far.grants.refresh_token = () => tokens({ access_token: 'of the successor', refresh_token: 'rt-3' });
      vi.setSystemTime(Date.now() + 15_001);
      await take();
      return tokens({ access_token: 'of the slow one', refresh_token: 'rt-2' });
    };
    expect((await take()).access_token).toBe('of the successor');
    expect((await take()).access_token).toBe('of the successor');
  });
});

describe('an answer that could not be saved', () => {
  /** D1 is down from the moment that the provider has answered. */
  const loseStore = () => {
    far.grants.refresh_token = () => {
      fault = down;
      return tokens({ access_token: 'precious', refresh_token: 'rt-2' });
    };
  };

  it('is still returned to the request, and saved behind the response as soon as D1 answers again', async () => {
    loseStore();
    const { token, settle } = entrance(server);
    expect((await token('faraway', userId)).access_token).toBe('precious');
    fault = undefined;
    await settle();
    dropUnpersisted();
    expect((await take()).access_token).toBe('precious');
    expect(refreshes()).toHaveLength(1);
  });

  it('is saved by the next request of the isolate, if that comes first', async () => {
    loseStore();
    expect((await take()).access_token).toBe('precious');
    fault = undefined;
    expect((await take()).access_token).toBe('precious');
    expect(refreshes()).toHaveLength(1);
  });

  it('and is lost with its isolate makes the row say so', async () => {
    loseStore();
    await take();
    dropUnpersisted();
    fault = undefined;
    far.grants.refresh_token = () => refusal('invalid_grant', 'used before');
    vi.setSystemTime(Date.now() + 15_001);
    const error = await refused(take());
    expect(codeOf(error)).toBe('connection_required');
    expect(error.description).toContain('answer lost');
    expect(await row()).toMatchObject({ state: 'reconnect', reason: expect.stringContaining('answer lost') });
  });
});

describe('a refresh that fails', () => {
  it('because the user took access back marks the row, and tells the user why', async () => {
    far.grants.refresh_token = () => refusal('invalid_grant', 'The user removed the app');
    const error = await refused(take());
    expect([codeOf(error), error.description]).toEqual([
      'connection_required',
      expect.stringMatching(/The user removed the app.*https:\/\/as\.example\/account\/connections\/faraway/),
    ]);
    const page = text(await (await user.open('/account/connections')).text());
    expect(page).toMatch(/Reconnect needed: .*The user removed the app/);
    // And does not ask the provider again and again.
    await refused(take());
    expect(refreshes()).toHaveLength(1);
    far.grants.authorization_code = async () => tokens({ id_token: await idToken(far), access_token: 'again' });
    await connectUser(user, far);
    expect((await take()).access_token).toBe('again');
  });

  it('because the provider is down keeps the connection, and says so until it works again', async () => {
    far.grants.refresh_token = () =>
      new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } });
    const all = await Promise.all(Array.from({ length: 20 }, () => refused(take())));
    expect(new Set(all.map(codeOf))).toEqual(new Set(['temporarily_unavailable']));
    // The requests that waited do not ask the provider again at once.
    expect(refreshes().length).toBeLessThan(3);
    expect(await row()).toMatchObject({ state: 'connected', reason: expect.stringContaining('answered 502') });
    expect(text(await (await user.open('/account/connections')).text())).toContain('The last renewal failed');
    far.grants.refresh_token = () => tokens({ access_token: 'at last' });
    expect((await take()).access_token).toBe('at last');
    expect((await row())?.reason).toBeNull();
  });

  it('because our own secret is wrong is not the business of the user', async () => {
    far.grants.refresh_token = () => refusal('invalid_client', 'unknown secret', 401);
    expect(codeOf(await refused(take()))).toBe('temporarily_unavailable');
    expect(await row()).toMatchObject({
      state: 'connected',
      reason: expect.stringContaining('credentials of this server'),
    });
  });

  it('for want of a refresh token asks the user', async () => {
    far.grants.authorization_code = async () =>
      tokens({ id_token: await idToken(far), expires_in: 1, refresh_token: undefined });
    await connectUser(user, far);
    expect((await refused(take())).description).toContain('there is no refresh token');
    expect((await row())?.state).toBe('reconnect');
  });
});

describe('the token of an app itself', () => {
  it('is requested by client credentials, kept, and requested anew by one when it expires', async () => {
    far.grants.client_credentials = async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return tokens({ access_token: `own-${far.tokenRequests.length}`, refresh_token: undefined });
    };
    const own = () => entrance(server).token('faraway', '');
    const all = await Promise.all(Array.from({ length: 20 }, own));
    expect(new Set(all.map(({ access_token }) => access_token)).size).toBe(1);
    expect(far.tokenRequests.filter(({ body }) => body.get('grant_type') === 'client_credentials')).toHaveLength(1);
    vi.setSystemTime(Date.now() + 3_600_000);
    expect((await own()).access_token).toBe('own-3');
  });
});

describe('a root secret that is replaced', () => {
  it('is retired after everything was sealed again', async () => {
    const { ROOT_SECRET_1 } = server.env;
    const fresh = Buffer.alloc(32, 7).toString('base64url');
    const both = serve(bindings([], { ROOT_SECRET_1, ROOT_SECRET_2: fresh, SEAL_WITH: '2' }));
    expect(await administer(both, 'POST', '/sealing')).toEqual({ sealed_with: '2', resealed: 2, unreadable: 0 });
    expect(await administer(both, 'POST', '/sealing')).toEqual({ sealed_with: '2', resealed: 0, unreadable: 0 });
    const { ROOT_SECRET_1: _, ...rest } = bindings([], { ROOT_SECRET_2: fresh, SEAL_WITH: '2' });
    expect((await entrance(serve(rest as never)).token('faraway', userId)).access_token).toBe('at-2');
  });
});
