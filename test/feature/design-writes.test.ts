/** The budget of rows written, KV operations and statements: what Cloudflare bills, and what a batch carries. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Counted, POSTERN } from '../../bench/cost.ts';
import {
  authorizeUrl,
  makeClient,
  obtainTokens,
  postToken,
  redemption,
  refresh,
  type TestClient,
} from '../support/client.ts';
import { explain } from '../support/query-plans.ts';
import { ADMINISTRATOR, bindings, type Server, serve, setSetting, settle } from '../support/server.ts';
import { type Metered, StorageMeter } from '../support/storage-meter.ts';
import type { User } from '../support/user.ts';

describe('what a request writes, in one shard beside DB', () => {
  let meter: StorageMeter;
  let server: Server;
  let client: TestClient;
  let user: User;

  beforeEach(async () => {
    meter = new StorageMeter();
    server = serve(meter.over(bindings(['SHARD_WEUR', 'SHARD_APAC'])));
    client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' }, { trusted: true });
    await obtainTokens(server, client);
    user = server.user();
    await user.open('/sign-in');
    await taken();
  });

  /** The operations since the last reading, those behind responses included. */
  async function taken(): Promise<Metered> {
    await settle();
    return meter.take();
  }

  const expectWithin = ({ rowsRead, rowsWritten, kv }: Metered, counted: Counted) => {
    const { put = 0, delete: deleted = 0, list = 0, get = 0 } = kv;
    expect(rowsWritten).toBe(counted.rowsWritten);
    expect([get, put + deleted + list]).toEqual([counted.kvReads, counted.kvWrites]);
    expect(rowsRead).toBeLessThanOrEqual(counted.rowsRead);
  };

  const statements = ({ batches }: Metered) => batches.map((batch) => batch.length);

  async function signIn(): Promise<void> {
    await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  }

  async function authorize(): Promise<string> {
    const response = await user.open(authorizeUrl(client));
    return new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
  }

  const makeService = () =>
    makeClient(server, {
      grant_types: ['client_credentials'],
      redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_basic',
    });

  it('a sign-in: the throttle, the session and its event', async () => {
    await signIn();
    expectWithin(await taken(), POSTERN['sign-in']);
  });

  it('an authorization code: one put, and nothing else; tokens for it: the grant, the token, the event, in three statements', async () => {
    await signIn();
    await taken();
    const code = await authorize();
    const issued = await taken();
    expect([issued.rowsWritten, issued.kv]).toEqual([0, { put: 1 }]);
    expect((await postToken(server, client, redemption(code))).status).toBe(200);
    const redeemed = await taken();
    expect(redeemed.kv).toEqual({});
    // The user of the id_token is read beside the batch.
    expect(statements(redeemed).sort()).toEqual([1, 3]);
    const { rowsRead, rowsWritten } = redeemed;
    const both = { rowsRead: issued.rowsRead + rowsRead, rowsWritten, kv: issued.kv, batches: [] };
    expectWithin(both, POSTERN['authorization code to tokens']);
  });

  it('a refresh: the grant and the token, in two statements', async () => {
    await signIn();
    const tokens = (await (await postToken(server, client, redemption(await authorize()))).json()) as {
      refresh_token: string;
    };
    await taken();
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
    const refreshed = await taken();
    expectWithin(refreshed, POSTERN.refresh);
    expect(statements(refreshed).sort()).toEqual([1, 2]);
  });

  it('client credentials: the token, behind the response', async () => {
    const service = await makeService();
    const ask = () => postToken(server, service, { grant_type: 'client_credentials' });
    await ask();
    await taken();
    expect((await ask()).status).toBe(200);
    const recorded = await taken();
    expectWithin(recorded, POSTERN['client credentials']);
    expect(statements(recorded)).toEqual([1]);
  });

  it('without records of tokens: the grant and its event; a refresh writes one row, client credentials none', async () => {
    await setSetting(server, 'record_user_tokens', false);
    await setSetting(server, 'record_client_tokens', false);
    await signIn();
    await taken();
    const code = await authorize();
    const { refresh_token } = (await (await postToken(server, client, redemption(code))).json()) as {
      refresh_token: string;
    };
    expectWithin(await taken(), POSTERN['authorization code to tokens, unrecorded']);
    expect((await refresh(server, client, refresh_token)).status).toBe(200);
    const refreshed = await taken();
    expectWithin(refreshed, POSTERN['refresh, unrecorded']);
    expect(statements(refreshed)).toEqual([1, 1]);
    const service = await makeService();
    const ask = () => postToken(server, service, { grant_type: 'client_credentials' });
    await ask();
    await taken();
    expect((await ask()).status).toBe(200);
    expectWithin(await taken(), POSTERN['client credentials, unrecorded']);
  });

  it('the text of hot statements does not depend on their values: D1 prepares each once', async () => {
    await signIn();
    const texts: string[][] = [];
    for (let round = 0; round < 2; round++) {
      const scope = round === 0 ? 'openid profile offline_access' : 'openid';
      const back = await user.open(authorizeUrl(client, { scope }));
      const code = new URL(back.headers.get('location') ?? '').searchParams.get('code') ?? '';
      await taken();
      const response = await postToken(server, client, redemption(code));
      const { refresh_token } = (await response.json()) as { refresh_token: string };
      await refresh(server, client, refresh_token, round === 0 ? {} : { scope: 'openid' });
      texts.push((await taken()).batches.flat().filter((text) => /"(grants|tokens)"/.test(text)));
    }
    expect(texts[0]?.length).toBe(4);
    expect(texts[1]).toEqual(texts[0]);
  });

  it('no hot statement scans a table: each looks rows up by an index', async () => {
    await signIn();
    await taken();
    const code = await authorize();
    const tokens = (await (await postToken(server, client, redemption(code))).json()) as { refresh_token: string };
    await refresh(server, client, tokens.refresh_token);
    const texts = new Set((await taken()).batches.flat());
    for (const text of texts) {
      const plan = await explain(env.DB, text).all<{ detail: string }>();
      const scans = plan.results.filter(({ detail }) =>
        /^SCAN (?!json_each|granted|own|CONSTANT|\(?subquery)/.test(detail),
      );
      expect([text, scans.map(({ detail }) => detail)]).toEqual([text, []]);
    }
    expect(texts.size).toBeGreaterThan(7);
  });
});

describe('the indexes', () => {
  it('of revocation, grant and user hold only rows that have one', async () => {
    const { results } = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%NOT NULL%' AND tbl_name IN ('grants', 'tokens')",
    ).all<{ name: string }>();
    expect(results.map(({ name }) => name).sort()).toEqual([
      'grants_by_revocation',
      'tokens_by_grant',
      'tokens_by_user',
    ]);
  });
});
