/** Tokens, grants and events in the console: searched, read, revoked after a question, and exported as a file. */
import { describe, expect, it } from 'vitest';
import { errorOf, makeClient, me, obtainTokens, payloadOf, refresh } from '../support/client.ts';
import { administratorAt, signedInWith } from '../support/console-user.ts';
import { administer, bindings, type Server, serve, setSetting } from '../support/server.ts';
import { readForm, text, type User } from '../support/user.ts';

/** Opens a question and answers it. */
async function answer(user: User, path: string): Promise<Response> {
  const question = await user.open(path);
  expect([path, question.status]).toEqual([path, 200]);
  return user.send(await readForm(question, new URL(path, 'https://as.example').pathname), {});
}

async function issued(server: Server) {
  const client = await makeClient(server);
  const tokens = await obtainTokens(server, client);
  const claims = payloadOf(tokens.access_token) as { jti: string; grant: string; sub: string };
  return { client, tokens, ...claims };
}

const htmlOf = async (user: User, path: string) => (await user.open(path)).text();
const textOf = async (user: User, path: string) => text(await htmlOf(user, path));

describe('tokens and grants in the console', () => {
  it('are found by client, user and grant; one token and one grant end after a question that says what ends', async () => {
    const server = serve();
    const { client, tokens, jti, grant, sub } = await issued(server);
    const other = await issued(server);
    const administrator = await administratorAt(server);
    for (const id of [client.client_id, sub, grant]) {
      expect(await htmlOf(administrator, `/console/tokens?q=${id}`)).toContain(`/clients/${client.client_id}"`);
    }
    expect(await htmlOf(administrator, `/console/tokens?q=${client.client_id}`)).not.toContain(
      `/clients/${other.client.client_id}"`,
    );
    expect(await textOf(administrator, '/console/tokens?q=c_nobody')).toContain('Nothing was found');

    expect(await textOf(administrator, `/console/tokens/${jti}/revoke`)).toContain('Its grant stays');
    expect(text(await (await answer(administrator, `/console/tokens/${jti}/revoke`)).text())).toContain(
      'It is revoked',
    );
    const { tokens: records } = await administer<{ tokens: { id: string; status: string }[] }>(
      server,
      'GET',
      '/tokens',
    );
    expect(records.find(({ id }) => id === jti)?.status).toBe('revoked');

    await answer(administrator, `/console/grants/${grant}/revoke`);
    expect(await errorOf(await refresh(server, client, tokens.refresh_token))).toBe('invalid_grant');
    expect((await refresh(server, other.client, other.tokens.refresh_token)).status).toBe(200);
    expect(await textOf(administrator, `/console/grants?q=${client.client_id}`)).toContain('ended');
  });

  it('are found by the name of a user or client; where several have it, one of them is chosen', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const client = await makeClient(server, { client_name: 'Photo Album' }, { trusted: true });
    const other = await makeClient(server, { client_name: 'Photo Booth' }, { trusted: true });
    await obtainTokens(server, client);
    await obtainTokens(server, other);
    for (const list of ['tokens', 'grants']) {
      const found = async (q: string) =>
        (await administrator.open(`/console/${list}?q=${encodeURIComponent(q)}`)).text();
      const album = await found('album');
      expect([list, text(album)]).toEqual([list, expect.stringContaining('Photo Album')]);
      expect(text(album)).not.toContain('Photo Booth');
      const both = await found('photo');
      expect(text(both)).toContain('Which of these?');
      for (const { client_id } of [client, other]) expect(both).toContain(`href="/console/${list}?q=${client_id}"`);
      expect(text(await found('no-such-name'))).toContain('Nothing was found');
    }
    const sessions = await (await administrator.open('/console/sessions?q=admin')).text();
    expect(text(sessions)).toContain('admin@example.com');
    expect(sessions).toMatch(/<tbody/);
  });

  it('all of a client ends, and all of a user, and the audit log says who did it', async () => {
    const server = serve();
    const { client, tokens, sub } = await issued(server);
    const administrator = await administratorAt(server);
    const revokeAll = async (id: string) => {
      const [, question = ''] =
        /href="([^"]*\/end)"/.exec(await (await administrator.open(`/console/tokens?q=${id}`)).text()) ?? [];
      await answer(administrator, question);
    };
    await revokeAll(client.client_id);
    expect(await errorOf(await refresh(server, client, tokens.refresh_token))).toBe('invalid_grant');
    const again = await issued(server);
    await revokeAll(sub);
    expect(await errorOf(await refresh(server, again.client, again.tokens.refresh_token))).toBe('invalid_grant');
    const { events } = await administer<{ events: { actor: string }[] }>(server, 'GET', '/events?type=grant.revoked');
    expect(events.map(({ actor }) => actor)).toEqual([`user:${sub}`, `user:${sub}`]);
  });

  it('a pasted token is read and neither kept nor logged; what is none is said to be none', async () => {
    const server = serve();
    const { tokens, jti, client } = await issued(server);
    const administrator = await administratorAt(server);
    const path = '/console/tokens/decode';
    const paste = async (token: string) =>
      administrator.send(await readForm(await administrator.open(path), path), { token });
    const html = await (await paste(tokens.access_token)).text();
    expect(text(html)).toContain(client.client_id);
    expect(html).toContain(jti);
    expect(html).not.toContain(tokens.access_token);
    for (const wrong of ['', 'abc', 'a.b.c', 'bnVsbA.bnVsbA.x', 'x'.repeat(30_000)]) {
      expect((await paste(wrong)).status).toBe(400);
    }
    const log = JSON.stringify(await administer(server, 'GET', '/events'));
    expect(log).not.toContain(tokens.access_token.split('.')[2]);
  });

  it('a pasted token leads to what can be revoked: itself where it is on record, and its grant', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const path = '/console/tokens/decode';
    const linksOf = async (token: string) => {
      const html = await (
        await administrator.send(await readForm(await administrator.open(path), path), { token })
      ).text();
      return [...html.matchAll(/href="([^"]*\/revoke)"/g)].map(([, href]) => href);
    };
    const recorded = await issued(server);
    const toGrant = (grant: string) => `/console/grants/${grant}/revoke`;
    expect(await linksOf(recorded.tokens.access_token)).toEqual([
      `/console/tokens/${recorded.jti}/revoke`,
      toGrant(recorded.grant),
    ]);
    await setSetting(server, 'record_user_tokens', false);
    const { tokens, grant, client } = await issued(server);
    expect(await linksOf(tokens.access_token)).toEqual([toGrant(grant)]);
    await answer(administrator, toGrant(grant));
    expect((await me(server, tokens.access_token)).status).toBe(401);
    expect(await errorOf(await refresh(server, client, tokens.refresh_token))).toBe('invalid_grant');
  });

  it('an auditor sees the lists, and is offered nothing to end', async () => {
    const server = serve();
    const { jti } = await issued(server);
    const auditor = await signedInWith(server, ['auditor']);
    for (const path of ['/console/tokens', '/console/grants', '/console/audit']) {
      const page = await auditor.open(path);
      expect([path, page.status]).toEqual([path, 200]);
      expect(await page.text()).not.toMatch(/\/(end|revoke)"/);
    }
    expect((await auditor.open(`/console/tokens/${jti}/revoke`)).status).toBe(403);
  });

  it('an address that names nothing ends nothing', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    expect((await answer(administrator, '/console/tokens/t_0_nothing/revoke')).status).toBe(404);
  });
});

describe('the audit log in the console', () => {
  it('is searched by what happened, to whom, and who did it', async () => {
    const server = serve();
    const { client, sub, grant } = await issued(server);
    const administrator = await administratorAt(server);
    expect(await htmlOf(administrator, '/console/audit?q=client.created')).toContain(`/clients/${client.client_id}"`);
    expect(await textOf(administrator, `/console/audit?q=${grant}`)).toContain(client.client_id);
    expect(await htmlOf(administrator, `/console/audit?q=user:${sub}`)).toContain(`title="${grant}"`);
    expect(await textOf(administrator, '/console/audit?q=client.deleted')).toContain('Nothing was found');
  });

  it('is narrowed to a type that is chosen, and to a user and a type together; the download is, too', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    const [ada, grace] = await Promise.all(
      ['Ada Lovelace', 'Grace Hopper'].map((name) =>
        administer<{ id: string }>(server, 'POST', '/users', { name, email: `${name.slice(0, 3)}@example.com` }),
      ),
    );
    for (const user of [ada, grace]) await administer(server, 'PATCH', `/users/${user?.id}`, { roles: ['editor'] });
    const rows = async (query: string) => {
      const html = await (await administrator.open(`/console/audit?${query}`)).text();
      const [, body = ''] = /<tbody[^>]*>(.*?)<\/tbody>/s.exec(html) ?? [];
      return { html, rows: body.split('<tr').slice(1).map(text) };
    };
    const all = await rows('type=user.changed');
    expect(all.html).toContain('<option value="user.changed" selected');
    expect(all.rows).toHaveLength(2);
    const { rows: some, html } = await rows('q=Ada+lovel&type=user.changed');
    expect(some).toEqual([expect.stringContaining('Ada Lovelace')]);
    const [, href = ''] = /href="(\/console\/audit\/export[^"]*)"/.exec(html) ?? [];
    const file = await (await administrator.open(href.replaceAll('&amp;', '&'))).text();
    expect(
      file
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ type: 'user.changed', subject: ada?.id }]);
  });

  it('is narrowed to days, the first and the last included, in UTC: in the list and in the download', async () => {
    const server = serve(bindings(['SHARD_WEUR']));
    const administrator = await administratorAt(server);
    const times = [
      '2026-01-30T23:59:59.999Z',
      '2026-01-31T00:00:00.000Z',
      '2026-02-01T23:59:59.999Z',
      '2026-02-02T00:00:00.000Z',
    ];
    for (const [index, at] of times.entries()) {
      const db = index % 2 ? server.env.DB : (server.env.SHARD_WEUR as D1Database);
      const event = db.prepare("INSERT INTO audit_events VALUES (?, 'grant', ?, ?, 'user:u_x', '{}')");
      await event.bind(`r${index}`, `subject-${index}`, Date.parse(at)).run();
    }
    for (const [query, shown] of [
      ['from=2026-01-31&to=2026-02-01', [1, 2]],
      ['from=2026-02-01&to=2026-02-01', [2]],
      ['from=2026-01-31', [1, 2, 3]],
      ['to=2026-01-30', [0]],
      ['to=2026-02-01&q=grant', [0, 1, 2]],
      ['from=2026-03-01&to=2026-03-01', []],
      ['from=&to=&q=user:u_x', [0, 1, 2, 3]],
    ] as const) {
      const html = await (await administrator.open(`/console/audit?${query}`)).text();
      const file = await (await administrator.open(`/console/audit/export?${query}`)).text();
      for (const text of [html, file]) {
        expect([query, times.flatMap((_, index) => (text.includes(`subject-${index}`) ? [index] : []))]).toEqual([
          query,
          shown,
        ]);
      }
    }
  });

  it('days that are none, or the wrong way round, are said beside the field; the download is refused', async () => {
    const administrator = await administratorAt(serve());
    for (const [query, problem] of [
      ['from=yesterday', 'This must be a day'],
      ['to=2026-02-30', 'This must be a day'],
      ['from=2026-02-02&to=2026-02-01', 'This day is before the first one'],
    ]) {
      const page = await administrator.open(`/console/audit?${query}`);
      expect([query, page.status, text(await page.text())]).toEqual([
        query,
        400,
        expect.stringContaining(problem ?? ''),
      ]);
      expect((await administrator.open(`/console/audit/export?${query}`)).status).toBe(400);
    }
  });

  it('the next page and the download keep the days', async () => {
    const server = serve();
    const administrator = await administratorAt(server);
    await server.env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70)
       INSERT INTO audit_events SELECT 'r' || i, 'grant', 'x' || i, 1769900000000 + i, 'user:u_x', '{}' FROM n`,
    ).run();
    const html = await (await administrator.open('/console/audit?from=2026-01-31&to=2026-02-01')).text();
    for (const path of ['export', 'audit']) {
      const [, href = ''] = new RegExp(`href="([^"]*/${path}\\?[^"]*from=2026-01-31[^"]*)"`).exec(html) ?? [];
      expect([path, href]).toEqual([path, expect.stringContaining('to=2026-02-01')]);
    }
    const [, next = ''] = /href="([^"]*)" rel="next"/.exec(html) ?? [];
    expect(next).toContain('from=2026-01-31');
    expect((await administrator.open(next.replaceAll('&amp;', '&'))).status).toBe(200);
  });

  it('is downloaded whole as JSON lines, also what is longer than one reading, over all shards', async () => {
    const server = serve(bindings(['SHARD_WEUR']));
    const administrator = await administratorAt(server);
    for (const db of [server.env.DB, server.env.SHARD_WEUR as D1Database]) {
      await db
        .prepare(
          `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
           INSERT INTO audit_events (request_id, type, subject, at, actor, detail)
           SELECT 'r' || i, 'grant', 'x', i / 7, 'user:u_x', '{"scopes":["a"]}' FROM n`,
        )
        .run();
    }
    const file = await administrator.open('/console/audit/export?q=user:u_x');
    expect(file.headers.get('content-type')).toContain('application/jsonl');
    expect(file.headers.get('content-disposition')).toContain('audit-log.jsonl');
    const lines = (await file.text()).trimEnd().split('\n');
    expect(lines).toHaveLength(1200);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      type: 'grant',
      subject: 'x',
      actor: 'user:u_x',
      detail: { scopes: ['a'] },
      request_id: 'r1',
    });
    const all = (await (await administrator.open('/console/audit/export')).text()).trimEnd().split('\n');
    expect(all.length).toBeGreaterThan(1200);
  });
});
