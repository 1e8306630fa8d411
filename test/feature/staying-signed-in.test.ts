/** Staying signed in: behaviours of real MCP clients for 90 simulated days, with one prompt each and no false reuse alarm. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  makeClient,
  me,
  obtainTokens,
  postForm,
  refresh,
  registerClient,
  type TestClient,
  type Tokens,
} from '../support/client.ts';
import { BEHAVIOURS, BEYOND_HELP, type Behaviour, RESOURCE, type Surroundings } from '../support/client-behaviours.ts';
import { administer, bindings, runCron, type Server, serve, setSetting } from '../support/server.ts';

const DAY = 86_400_000;
const DAYS = 90;

/** Refreshes of all behaviours together: more with `npm run bench -- staying-signed-in`. */
const REFRESHES = env.SIMULATED_REFRESHES;

let server: Server;
beforeEach(async () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ['Date'] });
  // The clock is simulated, but that of the rate limiter is not: 90 days of registrations come within a minute.
  const REGISTRATION_CEILING = { limit: async () => ({ success: true }) };
  server = serve(bindings([], { REGISTRATION_CEILING }));
  await administer(server, 'PUT', `/resources/${encodeURIComponent(RESOURCE)}`, {
    name: 'Notes',
    scopes: [{ name: 'notes.read', description: 'Read your notes' }],
  });
  await setSetting(server, 'grant_days', 365);
});
afterEach(() => {
  vi.useRealTimers();
});

type Life = { prompts: number; refreshes: number; refused: string[] };

const METADATA = { client_name: 'An MCP client', redirect_uris: ['https://app.example/callback'] };

const wait = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

/** @param isOwn the tokens are for an API of this server, which asks about each. */
function surroundingsOf(client: TestClient, life: Life, isOwn: boolean): Surroundings {
  const resource = isOwn ? {} : { resource: RESOURCE };
  const scope = isOwn ? 'openid profile offline_access' : 'notes.read offline_access';
  return {
    wait,
    async register() {
      const response = await registerClient(server, METADATA);
      return ((await response.json()) as { client_id: string }).client_id;
    },
    async refresh(refreshToken, parameters = {}) {
      life.refreshes += 1;
      const response = await refresh(server, client, refreshToken, { ...(isOwn ? {} : resource), ...parameters });
      if (response.ok) return (await response.json()) as Tokens;
      life.refused.push(await response.text());
      return undefined;
    },
    call: async (accessToken) => (await me(server, accessToken)).status,
    async signIn() {
      life.prompts += 1;
      return obtainTokens(server, client, { scope, ...resource });
    },
  };
}

/**
 * Lives 90 days with a new client: the hours of use are spread over them, at most 20 a day.
 * @param refreshes at how many refreshes it ends its use, if the days have so many hours.
 */
async function live({ start, graceSeconds, name }: Behaviour, refreshes: number): Promise<Life> {
  const life: Life = { prompts: 0, refreshes: 0, refused: [] };
  const registered = (await (await registerClient(server, METADATA)).json()) as { client_id: string };
  const client: TestClient = { client_id: registered.client_id, method: 'none' };
  if (graceSeconds !== undefined)
    await administer(server, 'PATCH', `/clients/${client.client_id}`, { refresh_grace_seconds: graceSeconds });
  const hour = await start(surroundingsOf(client, life, !name.includes('slash')));
  const begun = Date.now();
  for (let day = 1; day <= DAYS; day++) {
    vi.setSystemTime(Math.max(Date.now(), begun + day * DAY));
    // The use is spread over all days.
    for (let used = 0; used < 20 && life.refreshes + life.prompts <= (refreshes * day) / DAYS; used++) {
      wait(61 * 60_000);
      await hour();
    }
    if (day % 30 === 0) await runCron(server.env, Date.now());
  }
  expect(Date.now() - begun).toBeGreaterThanOrEqual(DAYS * DAY);
  return life;
}

/** Lives one after another, until the clients have made so many refreshes together. */
async function liveUntil(behaviour: Behaviour, refreshes: number): Promise<Life[]> {
  const lives: Life[] = [];
  for (let made = 0, last = 1; made < refreshes && last > 0; made += last) {
    const life = await live(behaviour, refreshes - made);
    lives.push(life);
    last = life.refreshes;
  }
  return lives;
}

describe('a client that', () => {
  const each = Math.ceil(REFRESHES / BEHAVIOURS.length);

  it.each(BEHAVIOURS.map((behaviour) => [behaviour.name, behaviour.source, behaviour] as const))(
    '%s (%s) prompts its user once in 90 days',
    async (_name, _source, behaviour) => {
      const lives = await liveUntil(behaviour, each);
      expect(lives).toEqual(lives.map(({ refreshes }) => ({ prompts: 1, refreshes, refused: [] })));
      expect(lives.reduce((sum, { refreshes }) => sum + refreshes, 0)).toBeGreaterThanOrEqual(each);
      const { events } = await administer<{ events: unknown[] }>(server, 'GET', '/events?type=grant.revoked');
      expect(events).toEqual([]);
    },
    Math.max(60_000, each * 300),
  );

  it.each(BEYOND_HELP.map((behaviour) => [behaviour.name, behaviour.source, behaviour] as const))(
    '%s (%s) cannot be helped: its user is prompted again',
    async (_name, _source, behaviour) => {
      const { prompts } = await live(behaviour, 10);
      expect(prompts).toBeGreaterThan(3);
    },
  );
});

describe('a revocation', () => {
  it('refuses at once, in the same second, where the API asks online', async () => {
    const client = await makeClient(server, { token_endpoint_auth_method: 'client_secret_basic' });
    const { access_token, refresh_token } = await obtainTokens(server, client, { scope: 'openid profile' });
    const introspected = async () => {
      const response = await postForm(server, client, '/introspect', { token: access_token });
      return ((await response.json()) as { active: boolean }).active;
    };
    expect([(await me(server, access_token)).status, await introspected()]).toEqual([200, true]);
    const { grants } = await administer<{ grants: { id: string }[] }>(
      server,
      'GET',
      `/grants?client=${client.client_id}`,
    );
    await administer(server, 'DELETE', `/grants/${grants[0]?.id}`);
    const at = Date.now();
    expect([(await me(server, access_token)).status, await introspected()]).toEqual([401, false]);
    expect((await refresh(server, client, refresh_token)).status).toBe(400);
    expect(Date.now() - at).toBeLessThan(1000);
  });
});
