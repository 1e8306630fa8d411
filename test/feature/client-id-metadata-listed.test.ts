/** Clients that a document describes (CIMD): listed once a user allowed one, by name and host, and nothing before. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  authorizeUrl,
  obtainCode,
  obtainTokens,
  postToken,
  REDIRECT_URI,
  redemption,
  refresh,
  type TestClient,
} from '../support/client.ts';
import { json, type PretendWeb, pretendWeb } from '../support/pretend-web.ts';
import { ADMINISTRATOR, administer, runCron, type Server, serve, setSetting } from '../support/server.ts';
import { parseForm, text } from '../support/user.ts';

const ID = 'https://app.acme.com/oauth/client.json';
const DAY = 86_400_000;
const client: TestClient = { client_id: ID, method: 'none' };
const path = `/clients/${encodeURIComponent(ID)}`;

const documentOf = (changes: Record<string, unknown> = {}) =>
  json({
    client_id: ID,
    client_name: 'Acme App',
    logo_uri: 'https://cdn.acme.com/logo.png',
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
    ...changes,
  });

let web: PretendWeb;
let server: Server;
beforeEach(() => {
  web = pretendWeb({ [ID]: () => documentOf() });
  server = serve();
});

const later = (milliseconds: number) => vi.useFakeTimers({ now: Date.now() + milliseconds, toFake: ['Date'] });

type Listed = { client_id: string; origin: string; metadata: { client_name?: string; redirect_uris: string[] } };
const listed = async () => {
  const { clients } = await administer<{ clients: Listed[] }>(server, 'GET', '/clients');
  return clients.filter(({ client_id }) => client_id === ID);
};

const rows = async () => Number(await server.env.DB.prepare('SELECT count(*) AS n FROM clients').first('n'));

async function signedIn() {
  const user = server.user();
  await user.signIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
  return user;
}

describe('CIMD: a client that a document describes is stored when a user allowed it', () => {
  it('and not before: asking, denying, a code that is not redeemed and a wrong one store nothing', async () => {
    const user = await signedIn();
    const page = await (await user.open(authorizeUrl(client))).text();
    expect(await rows()).toBe(0);
    await user.send(parseForm(page, '/consent'), { decision: 'deny' });
    expect((await postToken(server, client, redemption('pc_0_wrong'))).status).toBe(400);
    await obtainCode(server, client);
    expect(await rows()).toBe(0);
    await obtainTokens(server, client);
    expect(await listed()).toMatchObject([{ origin: 'document', metadata: { client_name: 'Acme App' } }]);
  });

  it('once, however many users allow it at the same time', async () => {
    const user = await signedIn();
    const codes: string[] = [];
    while (codes.length < 50) {
      const back = await user.authorise(authorizeUrl(client), ADMINISTRATOR);
      codes.push(back.searchParams.get('code') ?? '');
    }
    const answers = await Promise.all(codes.map((code) => postToken(server, client, redemption(code))));
    expect(answers.map(({ status }) => status)).toEqual(codes.map(() => 200));
    expect(await rows()).toBe(1);
  });

  it('is listed in the console by name and host, also where it has no name', async () => {
    await obtainTokens(server, client);
    const html = await (await (await signedIn()).open('/console/clients')).text();
    expect(text(html)).toContain('Acme App (app.acme.com)');
    expect(html).toContain(encodeURIComponent(ID));
  });

  it('where the document is gone, its page shows the record of its last use, and it can be disabled and deleted', async () => {
    await obtainTokens(server, client);
    web.answers[ID] = () => json({}, {}, 404);
    later(10 * DAY);
    const page = await (await signedIn()).open(`/console/clients/${encodeURIComponent(ID)}`);
    expect(page.status).toBe(200);
    expect(text(await page.text())).toContain('Acme App');
    expect(await administer(server, 'GET', path)).toMatchObject({ metadata: { client_name: 'Acme App' } });
    expect(await administer(server, 'PATCH', path, { disabled: true })).toMatchObject({ disabled: true });
    await administer(server, 'DELETE', path);
    expect(await rows()).toBe(0);
  });

  it('its name and logo are followed by later use', async () => {
    const tokens = await obtainTokens(server, client);
    web.answers[ID] = () => documentOf({ client_name: 'Acme Two', logo_uri: undefined });
    later(2 * 3_600_000);
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
    const [row] = await listed();
    expect(row?.metadata).toMatchObject({ client_name: 'Acme Two' });
    expect(row?.metadata).not.toHaveProperty('logo_uri');
  });

  it('the trust of an administrator stays with the redirect URIs that it was given for: use does not carry it to others', async () => {
    await administer(server, 'PATCH', path, { trusted: true });
    const tokens = await obtainTokens(server, client);
    web.answers[ID] = () =>
      documentOf({ client_name: 'Acme Two', redirect_uris: [REDIRECT_URI, 'https://evil.example/'] });
    later(2 * 3_600_000);
    expect((await refresh(server, client, tokens.refresh_token)).status).toBe(200);
    expect(await listed()).toMatchObject([
      { trusted: true, metadata: { client_name: 'Acme Two', redirect_uris: [REDIRECT_URI] } },
    ]);
    later(31_000);
    expect(await administer(server, 'GET', path)).toMatchObject({ trusted: false });
    expect((await (await signedIn()).request(authorizeUrl(client))).status).toBe(200);
  });

  it('deleted by an administrator, it is listed again when a user allows it again', async () => {
    const { refresh_token } = await obtainTokens(server, client);
    await administer(server, 'DELETE', path);
    expect((await refresh(server, client, refresh_token)).status).toBe(400);
    expect(await listed()).toEqual([]);
    later(31_000);
    await obtainTokens(server, client);
    expect(await listed()).toHaveLength(1);
  });

  it('is forgotten after 30 days without use and without a grant, unless an administrator decided about it', async () => {
    // The grant is not idle until then.
    await setSetting(server, 'refresh_idle_days', 365);
    await obtainTokens(server, client);
    await runCron(server.env, Date.now() + 40 * DAY);
    expect(await rows()).toBe(1);
    await server.env.DB.prepare('UPDATE grants SET revoked_at = 1').run();
    await administer(server, 'PATCH', path, { roles: ['editor'] });
    await runCron(server.env, Date.now() + 40 * DAY);
    expect(await rows()).toBe(1);
    await administer(server, 'PATCH', path, { roles: [] });
    await runCron(server.env, Date.now() + 40 * DAY);
    expect(await rows()).toBe(0);
  });
});

describe('the user’s applications with access', () => {
  it('name a client that a document describes, with its logo and the host of the document', async () => {
    await obtainTokens(server, client);
    const page = async () => (await (await signedIn()).open('/account/applications')).text();
    const html = await page();
    expect(html).toContain('<bdi>Acme App</bdi>');
    expect(html).toContain(`src="/logo?client_id=${encodeURIComponent(ID)}"`);
    expect(text(html)).toContain('app.acme.com');
    expect(html).not.toContain('cdn.acme.com');
    // The last version of the document is kept when the document is gone.
    web.answers[ID] = () => json({}, {}, 404);
    later(10 * DAY);
    expect(await page()).toContain('<bdi>Acme App</bdi>');
  });
});
