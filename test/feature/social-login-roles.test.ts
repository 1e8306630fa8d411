/** Roles from an identity provider: a claim is mapped to roles here at each sign-in. */
import { describe, expect, it } from 'vitest';
import { claimAt } from '../../src/protocol/claim-path.ts';
import { administratorAt } from '../support/console-user.ts';
import { type FarEnd, farEnd, remoteAdmin, tokens } from '../support/far-end.ts';
import { addAdministrator, administer, type Server, serve } from '../support/server.ts';
import { makeLogin, pressButton, type Row, returnFrom, says, signInWith, tells, usersOf } from '../support/social.ts';
import type { User } from '../support/user.ts';

const MAPPING = { roles_claim: 'groups', role_mapping: { editor: 'staff|cn=editors,ou=x', reader: 'everyone' } };

async function scene(changes: Row = MAPPING) {
  const server = serve();
  const far = await farEnd();
  await makeLogin(server, far, changes);
  return { server, far };
}

async function comesWith(server: Server, far: FarEnd, claims: Row): Promise<unknown> {
  says(far, { sub: 'alice', email: 'alice@faraway.net', ...claims });
  expect((await signInWith(server.user(), far)).status).toBe(303);
  return rolesOf(server);
}

async function rolesOf(server: Server, email = 'alice@faraway.net') {
  return (await usersOf(server)).find((one) => one.email === email)?.roles;
}

const idOf = async (server: Server) =>
  String((await usersOf(server)).find(({ email }) => email === 'alice@faraway.net')?.id);

describe('roles that a claim of the identity provider gives', () => {
  it('are added at each sign-in, and removed when they are no longer there; other roles stay', async () => {
    const { server, far } = await scene({ ...MAPPING, roles: ['newcomer'] });
    expect(await comesWith(server, far, { groups: ['everyone', 'other'] })).toEqual(['newcomer', 'reader']);
    expect(await comesWith(server, far, { groups: ['cn=editors,ou=x'] })).toEqual(['newcomer', 'editor']);
    await administer(server, 'PATCH', `/users/${await idOf(server)}`, {
      roles: ['newcomer', 'editor', 'reader', 'by-hand'],
    });
    expect(await comesWith(server, far, { groups: 'staff' })).toEqual(['newcomer', 'editor', 'by-hand']);
    expect(await comesWith(server, far, {})).toEqual(['newcomer', 'by-hand']);
    const { events } = await administer<{ events: Row[] }>(server, 'GET', '/events');
    expect(events.filter(({ type, actor }) => type === 'user.changed' && actor === 'social-login:far')).toHaveLength(4);
  });

  it('are read from userinfo where the id_token does not tell', async () => {
    const server = serve();
    const far = await farEnd();
    tells(far, { sub: 'alice', realm_access: { roles: ['staff'] } });
    await makeLogin(server, far, { ...MAPPING, roles_claim: 'realm_access.roles' });
    expect(await comesWith(server, far, {})).toEqual(['editor']);
  });

  it('are never administrator or auditor without the tick, whatever the provider says', async () => {
    const server = serve();
    const far = await farEnd();
    const admin = await remoteAdmin(server);
    for (const role of ['administrator', 'auditor']) {
      const mapping = { roles_claim: 'groups', role_mapping: { [role]: 'admins' } };
      const request = {
        id: 'far',
        provider: 'openid',
        issuer: far.issuer,
        client_id: 'x',
        client_secret: 'y',
        ...mapping,
      };
      const refused = await admin('POST', '/social-logins', request);
      expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('maps_administrator')]);
    }
    await makeLogin(server, far, MAPPING);
    expect(await comesWith(server, far, { groups: ['administrator', 'admins', 'staff'] })).toEqual(['editor']);
  });

  it('with the tick they are, and the last administrator stays one', async () => {
    const mapping = { roles_claim: 'groups', role_mapping: { administrator: 'admins', editor: 'staff' } };
    const { server, far } = await scene({ ...mapping, maps_administrator: true });
    expect(await comesWith(server, far, { groups: ['admins', 'staff'] })).toEqual(['administrator', 'editor']);
    // Nobody else administers.
    const admins = (await usersOf(server)).filter(({ roles }) => (roles as string[]).includes('administrator'));
    expect(admins).toHaveLength(1);
    expect(await comesWith(server, far, { groups: [] })).toEqual(['administrator']);
    await addAdministrator(server);
    expect(await comesWith(server, far, { groups: [] })).toEqual([]);
  });

  it('that were removed end what a client which requires them may do', async () => {
    const { server, far } = await scene();
    await comesWith(server, far, { groups: ['staff'] });
    await administer(server, 'POST', '/clients', {
      metadata: { client_name: 'Editors', redirect_uris: ['https://app.example/cb'] },
      roles: ['editor'],
    });
    await comesWith(server, far, {});
    const rows = await server.env.DB.prepare("SELECT subject FROM cutoffs WHERE subject LIKE 'consent:%'").all();
    expect(rows.results).toHaveLength(1);
  });

  it('fifty sign-ins at once, and an administrator beside them, lose no role that the mapping does not name', async () => {
    const { server, far } = await scene();
    await comesWith(server, far, {});
    const id = await idOf(server);
    const ready: { user: User; sent: Response; nonce: string }[] = [];
    for (let at = 0; at < 50; at++) {
      const user = server.user();
      ready.push({ user, sent: await pressButton(user, far), nonce: far.nonce });
    }
    far.grants.authorization_code = async ({ body }) => {
      const at = Number(body.get('code'));
      const claims = {
        email: 'alice@faraway.net',
        email_verified: true,
        nonce: ready[at]?.nonce,
        groups: at % 2 ? ['staff'] : ['everyone'],
      };
      const now = Math.floor(Date.now() / 1000);
      const id_token = await far.key.sign({
        iss: far.issuer,
        sub: 'alice',
        aud: 'postern',
        iat: now,
        exp: now + 60,
        ...claims,
      });
      return tokens({ id_token });
    };
    await Promise.all([
      ...ready.map(({ user, sent }, at) => returnFrom(user, far, sent, { code: String(at) })),
      administer(server, 'PATCH', `/users/${id}`, { roles: ['by-hand'] }),
    ]);
    const roles = (await rolesOf(server)) as string[];
    expect(roles).toContain('by-hand');
    expect(roles.filter((role) => role !== 'by-hand').length).toBeLessThanOrEqual(1);
  });

  it('a claim is found by its whole name, else by a path of own members', () => {
    const claims = { 'https://app.example/roles': ['a'], realm_access: { roles: ['b'] } };
    expect(claimAt(claims, 'https://app.example/roles')).toEqual(['a']);
    expect(claimAt(claims, 'realm_access.roles')).toEqual(['b']);
    expect(claimAt(claims, 'realm_access.constructor')).toBeUndefined();
    expect(claimAt(claims, '__proto__.x')).toBeUndefined();
  });

  it('the console says them in a table, and its form takes them line by line', async () => {
    const { server } = await scene();
    const user = await administratorAt(server);
    const page = async (path: string) => (await user.open(path)).text();
    const shown = await page('/console/social-logins/far');
    expect(shown).toContain('Role mapping');
    expect(shown).toContain('staff, cn=editors,ou=x');
    expect(await page('/console/social-logins/far/edit')).toContain('editor=staff|cn=editors,ou=x');
  });
});
