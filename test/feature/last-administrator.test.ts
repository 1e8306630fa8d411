/** An administrator always remains: the last one can neither be disabled nor lose the role. */
import { describe, expect, it } from 'vitest';
import { Recorder, wrapStores } from '../support/recorder.ts';
import { addAdministrator, administer, bindings, type Server, serve } from '../support/server.ts';

type Shown = { id: string; name: string; roles: string[]; disabled: boolean };

const administrators = async (server: Server, count: number) => {
  const added: Shown[] = [];
  for (let index = 0; index < count; index++) added.push(await addAdministrator(server));
  return added;
};
const usersAt = async (server: Server) => (await administer<{ users: Shown[] }>(server, 'GET', '/users')).users;
const mayAdminister = ({ roles, disabled }: Shown) => roles.includes('administrator') && !disabled;

const WAYS = [{ disabled: true }, { roles: [] }, { roles: ['editor'] }, { name: 'Renamed', roles: ['editor'] }];

describe('the last administrator', () => {
  for (const change of WAYS) {
    it(`is refused ${JSON.stringify(change)}, and stays as they are`, async () => {
      const server = serve();
      const [last] = await administrators(server, 1);
      const response = await server.admin('PATCH', `/users/${last?.id}`, change);
      expect([response.status, await response.json()]).toMatchObject([
        409,
        { error: 'conflict', detail: expect.stringContaining('last administrator') },
      ]);
      const { id } = last as Shown;
      expect(await usersAt(server)).toMatchObject([{ id, name: 'Another', roles: ['administrator'], disabled: false }]);
      const { events } = await administer<{ events: { type: string }[] }>(server, 'GET', '/events');
      expect(events.map(({ type }) => type)).toEqual(['user.added']);
    });
  }

  it('may change everything else, and the role may be removed where another user has it', async () => {
    const server = serve();
    const [one, other] = await administrators(server, 2);
    await administer(server, 'PATCH', `/users/${one?.id}`, { roles: ['editor'] });
    await administer(server, 'PATCH', `/users/${other?.id}`, { name: 'Last', roles: ['administrator', 'editor'] });
    // Disabled users administer nothing.
    const [third] = await administrators(server, 1);
    await administer(server, 'PATCH', `/users/${third?.id}`, { disabled: true });
    expect((await server.admin('PATCH', `/users/${other?.id}`, { disabled: true })).status).toBe(409);
  });

  it('is left, where fifty who administer demote or disable each other at once', async () => {
    const server = serve();
    const all = await administrators(server, 50);
    const answers = await Promise.all(
      all.map(({ id }, index) => server.admin('PATCH', `/users/${id}`, index % 2 ? { disabled: true } : { roles: [] })),
    );
    expect(answers.map(({ status }) => status).filter((status) => status === 409)).toHaveLength(1);
    const users = await usersAt(server);
    expect(users.filter(mayAdminister)).toHaveLength(1);
  }, 60_000);
});

describe('changing a user', () => {
  it('is one round, whatever changes', async () => {
    const recorder = new Recorder();
    const server = serve(wrapStores(bindings(), recorder.act));
    const [, user] = await administrators(server, 2);
    const change = { name: 'New', email_verified: true, roles: ['editor'], disabled: true };
    recorder.forget();
    const changed = await administer<Shown>(server, 'PATCH', `/users/${user?.id}`, change);
    expect(changed).toMatchObject({ name: 'New', email_verified: true, roles: ['editor'], disabled: true });
    // The session is read, then the change is written; the sessions end behind the response.
    expect(recorder.rounds()).toBeLessThanOrEqual(3);
    const { events } = await administer<{ events: object[] }>(server, 'GET', `/events?subject=${user?.id}`);
    expect(events).toMatchObject([
      { type: 'user.disabled' },
      { type: 'user.changed', detail: { fields: ['name', 'emailVerifiedAt'], roles: ['editor'] } },
      { type: 'user.added' },
    ]);
  });
});
