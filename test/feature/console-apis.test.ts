/** Protected resources, trusted issuers, and what waits, in the console. */
import { describe, expect, it, vi } from 'vitest';
import { recordCode } from '../../src/storage/grants/codes.ts';
import { authorizeUrl, makeClient, obtainCode, obtainTokens, postToken, redemption } from '../support/client.ts';
import { administratorAt, see, sendForm, signedInWith } from '../support/console-user.ts';
import { administer, serve } from '../support/server.ts';
import { text, type User } from '../support/user.ts';

const RESOURCES = '/console/resources';
const ISSUERS = '/console/issuers';
const NOTES = 'https://notes.example/api';
const ELSEWHERE = 'https://id.example.com';

async function scene() {
  const server = serve();
  return { server, administrator: await administratorAt(server), auditor: await signedInWith(server, ['auditor']) };
}

const at = (list: string, id: string, below = '') => `${list}/${encodeURIComponent(id)}${below}`;

async function addNotes(administrator: User) {
  const scopes = 'notes.read Read your notes\nnotes.write Change your notes';
  return sendForm(administrator, `${RESOURCES}/new`, { resource: NOTES, name: 'Notes', scopes });
}

describe('protected resources in the console', () => {
  it('one is added with its scopes, shown, changed, and deleted after a question', async () => {
    const { server, administrator, auditor } = await scene();
    expect(text(await addNotes(administrator))).toContain('It was added');
    const page = await see(auditor, at(RESOURCES, NOTES));
    for (const part of [NOTES, 'notes.read Read your notes', `resource: '${NOTES}'`]) expect(page).toContain(part);
    expect(page).not.toContain('Delete');
    const client = await makeClient(server);
    const asked = authorizeUrl(client, { scope: 'notes.read', resource: NOTES });
    expect(text(await (await administrator.open(asked)).text())).toContain('Read your notes');

    await sendForm(administrator, at(RESOURCES, NOTES, '/edit'), {
      name: 'My notes',
      token_minutes: '5',
      dpop_required: 'on',
    });
    expect(await administer(server, 'GET', `/resources/${encodeURIComponent(NOTES)}`)).toMatchObject({
      resource: NOTES,
      name: 'My notes',
      token_minutes: 5,
      dpop_required: true,
      scopes: [{ name: 'notes.read', description: 'Read your notes' }, { name: 'notes.write' }],
    });
    expect(await see(administrator, at(RESOURCES, NOTES, '/delete'))).toContain('No token is issued for it any more');
    expect(text(await sendForm(administrator, at(RESOURCES, NOTES, '/delete')))).toContain('It was deleted');
    expect((await administrator.open(at(RESOURCES, NOTES))).status).toBe(404);
  });

  it('what is wrong stands at its field; one that is there is not replaced', async () => {
    const { server, administrator } = await scene();
    await addNotes(administrator);
    const wrong = { resource: 'notes', name: '', scopes: 'no"tes', token_minutes: '1441' };
    const html = await sendForm(administrator, `${RESOURCES}/new`, wrong);
    for (const field of ['name', 'scopes', 'token_minutes']) expect(html).toContain(`id="${field}-error"`);
    const long = { resource: 'https://long.example', name: 'Long', token_minutes: '61' };
    expect(await sendForm(administrator, `${RESOURCES}/new`, long)).toMatch(
      /id="token_minutes-error">[^<]*until it expires/,
    );
    const again = await sendForm(administrator, `${RESOURCES}/new`, { resource: NOTES, name: 'Other' });
    expect(again).toMatch(/id="resource-error">[^<]*with this identifier already/);
    const none = await sendForm(administrator, `${RESOURCES}/new`, { resource: 'notes', name: 'Other' });
    expect(text(none)).toContain('must be an absolute URI');
    expect(await administer(server, 'GET', '/resources')).toMatchObject({ resources: [{ name: 'Notes' }] });
  });
});

const trust = (administrator: User, fields: Record<string, string> = {}) =>
  sendForm(administrator, `${ISSUERS}/new`, { issuer: ELSEWHERE, jwks_uri: `${ELSEWHERE}/jwks`, ...fields });

describe('trusted issuers in the console', () => {
  it('one is trusted, changed, told whom it means, and trusted no more after a question', async () => {
    const { server, administrator, auditor } = await scene();
    expect(text(await trust(administrator))).toContain('It was added');
    await sendForm(administrator, at(ISSUERS, ELSEWHERE, '/edit'), { match_email: 'on', scopes: 'profile' });
    const { users } = await administer<{ users: { id: string }[] }>(server, 'GET', '/users');
    const who = { subject: 'ext-1', user: users[0]?.id ?? '' };
    await sendForm(administrator, at(ISSUERS, ELSEWHERE, '/link'), who);
    const path = `/issuers/${encodeURIComponent(ELSEWHERE)}`;
    expect(await administer(server, 'GET', path)).toMatchObject({
      issuer: ELSEWHERE,
      jwks_uri: `${ELSEWHERE}/jwks`,
      match_email: true,
      scopes: ['profile'],
      subjects: [who],
    });
    const page = await see(auditor, at(ISSUERS, ELSEWHERE));
    expect([page.includes('ext-1'), page.includes('Unlink…')]).toEqual([true, false]);
    await sendForm(administrator, at(ISSUERS, ELSEWHERE, '/subjects/ext-1'));
    expect(await administer(server, 'GET', path)).toMatchObject({ subjects: [] });
    expect(text(await sendForm(administrator, at(ISSUERS, ELSEWHERE, '/delete')))).toContain('It was deleted');
    expect((await server.admin('GET', path)).status).toBe(404);
  });

  it('its keys come from one place: neither both nor none, and no private address', async () => {
    const { server, administrator } = await scene();
    const jwks = JSON.stringify({ keys: [{ kty: 'EC' }] });
    expect(await trust(administrator, { jwks })).toMatch(/id="jwks_uri-error">[^<]*give either/);
    expect(await trust(administrator, { jwks_uri: '' })).toMatch(/id="jwks_uri-error">[^<]*give either/);
    expect(await trust(administrator, { jwks_uri: 'https://10.0.0.1/jwks' })).toContain('id="jwks_uri-error"');
    expect(await trust(administrator, { jwks_uri: '', jwks: '{' })).toMatch(/id="jwks-error">This is not JSON/);
    expect(await administer(server, 'GET', '/issuers')).toEqual({ issuers: [] });
    expect(text(await trust(administrator, { jwks_uri: '', jwks }))).toContain('It was added');
    expect(await trust(administrator)).toMatch(/id="issuer-error">[^<]*with this identifier already/);
  });
});

describe('what waits, in the console', () => {
  it('a code is listed, never as itself, and ended before it is redeemed', async () => {
    const { server, administrator, auditor } = await scene();
    const client = await makeClient(server);
    const code = await obtainCode(server, client);
    const html = await (await administrator.open('/console/codes')).text();
    expect(html).not.toContain(code);
    expect(html).toContain(`href="/console/clients/${client.client_id}"`);
    const [end = ''] = /\/console\/codes\/[\w-]+\/end/.exec(html) ?? [];
    expect(await (await auditor.open('/console/codes')).text()).not.toContain(end);
    expect(text(await sendForm(administrator, end))).toContain('It is revoked');
    expect((await postToken(server, client, redemption(code))).status).toBe(400);
  });

  it('what is no hash of a code is not found, however long it is', async () => {
    const { server, administrator } = await scene();
    for (const hash of ['x'.repeat(600), 'x'.repeat(42), `${'x'.repeat(42)}%2F`]) {
      for (const method of ['GET', 'DELETE'])
        expect([method, (await server.admin(method, `/codes/${hash}`)).status]).toEqual([method, 404]);
      expect((await administrator.open(`/console/codes/${hash}/end`)).status).toBe(404);
    }
  });

  it('codes come in pages, by the cursor that KV gives', async () => {
    const { server, administrator } = await scene();
    const times = { issuedAt: Date.now(), expiresAt: Date.now() + 60_000 };
    for (let index = 0; index < 35; index++) {
      const record = {
        client: `c_${index}`,
        user: `u_${'1'.repeat(22)}`,
        grant: 'g_0_1' as const,
        scopes: ['openid'],
        ...times,
      };
      await recordCode(server.env.CODES, `pc_${index}`, record);
    }
    const first = await (await administrator.open('/console/codes')).text();
    const next = /href="([^"]*)" rel="next"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await (await administrator.open(next)).text();
    const clients = [first, second].map((html) => [...html.matchAll(/>(c_\d+)</g)].map(([, id]) => id));
    expect(clients.map(({ length }) => length)).toEqual([30, 5]);
    expect(new Set(clients.flat()).size).toBe(35);
  });

  it('a device is listed, and its code ended; the audit log says who did it', async () => {
    const { server, administrator } = await scene();
    const client = await makeClient(server, {
      redirect_uris: undefined,
      response_types: undefined,
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    });
    const begun = await server.fetch('/device_authorization', {
      method: 'POST',
      body: new URLSearchParams({ client_id: client.client_id, scope: 'profile' }),
    });
    const { user_code } = (await begun.json()) as { user_code: string };
    const html = await (await administrator.open('/console/devices')).text();
    expect(text(html)).toContain('pending: no user has entered the code');
    expect(html).not.toContain(user_code);
    const [end = '', id = ''] = /\/console\/devices\/(d_\w+)\/end/.exec(html) ?? [];
    expect(text(await sendForm(administrator, end))).toContain('It was deleted');
    expect(await see(administrator, '/console/devices')).toContain('Nothing to show');
    const { events } = await administer<{ events: object[] }>(server, 'GET', `/events?subject=${id}`);
    expect(events).toMatchObject([{ type: 'device.ended', actor: expect.stringMatching(/^user:u_/) }]);
    expect((await server.admin('DELETE', `/devices/${id}`)).status).toBe(404);
  });
});

describe('a short list of the console', () => {
  it('is searched, sorted both ways, and comes in pages that neither lose nor repeat a row', async () => {
    const { server, administrator } = await scene();
    const names = Array.from({ length: 65 }, (_, index) => `Notes ${String((index * 37) % 65).padStart(2, '0')}`);
    for (const name of names) {
      const id = encodeURIComponent(`https://${name.toLowerCase().replace(' ', '-')}.example`);
      await administer(server, 'PUT', `/resources/${id}`, { name });
    }
    const shown = async (path: string) => {
      const seen: string[][] = [];
      for (let next: string | undefined = path; next !== undefined; ) {
        const html = await (await administrator.open(next)).text();
        seen.push([...html.matchAll(/>(Notes \d\d)</g)].map(([, name = '']) => name));
        next = /href="([^"]*)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
      }
      return seen;
    };
    const pages = await shown(`${RESOURCES}?sort=name`);
    expect(pages.map((page) => page.length)).toEqual([30, 30, 5]);
    expect(pages.flat()).toEqual(names.toSorted());
    expect((await shown(`${RESOURCES}?sort=name&order=desc`)).flat()).toEqual(names.toSorted().reverse());
    expect(await shown(`${RESOURCES}?q=NOTES-07`)).toEqual([['Notes 07']]);
    expect((await shown(RESOURCES)).flat().sort()).toEqual(names.toSorted());
  });
});

describe('tokens and grants in the console and the API', () => {
  it('a grant is found by its id, and nobody else with it; each token leads to its grant', async () => {
    const { server, administrator } = await scene();
    const [one, other] = [await makeClient(server), await makeClient(server)];
    for (const client of [one, other]) await obtainTokens(server, client);
    const { grants } = await administer<{ grants: { id: string; client_id: string }[] }>(server, 'GET', '/grants');
    const { id = '' } = grants.find(({ client_id }) => client_id === one.client_id) ?? {};
    const page = await (await administrator.open(`/console/grants?q=${id}`)).text();
    expect([page.includes(one.client_id), page.includes(other.client_id)]).toEqual([true, false]);
    const tokens = await (await administrator.open('/console/tokens')).text();
    expect(tokens).toContain(`/console/grants?q=${id}`);
    for (const unknown of ['g_0_none', 'g_', 'g_elsewhere_none'])
      expect(await see(administrator, `/console/grants?q=${unknown}`)).toContain('Nothing was found');
  });

  it('a token whose time is up is expired, for as long as its record is kept', async () => {
    const { server } = await scene();
    await obtainTokens(server, await makeClient(server));
    const { tokens } = await administer<{ tokens: { id: string }[] }>(server, 'GET', '/tokens');
    const path = `/tokens/${tokens[0]?.id}`;
    expect(await administer(server, 'GET', path)).toMatchObject({ status: 'active' });
    vi.useFakeTimers({ now: Date.now() + 3_600_000, toFake: ['Date'] });
    expect(await administer(server, 'GET', path)).toMatchObject({ status: 'expired' });
  });
});
