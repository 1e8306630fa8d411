/** Two-step sign-in where the nearest replica of the users lags: no session without the second factor authorizes. */
import { describe, expect, it } from 'vitest';
import { clearIsolateCaches } from '../../src/storage/database/isolate-cache.ts';
import { ADMINISTRATOR, authorizeUrl, makeClient } from '../support/client.ts';
import { enrolIn } from '../support/second-factor.ts';
import { bindings, type Server, serve } from '../support/server.ts';
import { staleReplica } from '../support/stale-replica.ts';
import { parseForm } from '../support/user.ts';

const { email, password } = ADMINISTRATOR;

async function enrolled(server: Server) {
  const user = server.user();
  await user.signIn(email, password);
  return { user, ...(await enrolIn(user)) };
}

describe('a replica that lags', () => {
  async function begin() {
    const { SHARD_APAC } = bindings(['SHARD_APAC']);
    const replica = staleReplica(bindings(['SHARD_WEUR']), SHARD_APAC as D1Database);
    const server = serve(replica.env);
    const client = await makeClient(server, {}, { trusted: true });
    return { replica, server, client };
  }

  it('does not let a session without the second factor authorize, where ending it failed', async () => {
    const { replica, server, client } = await begin();
    const old = server.user();
    await old.signIn(email, password);
    await replica.freeze();
    await enrolled(server);
    for (const db of [server.env.DB, server.env.SHARD_WEUR as D1Database]) {
      await db.prepare('UPDATE sessions SET ended_at = NULL').run();
      await db.prepare("DELETE FROM cutoffs WHERE subject LIKE 'session:%'").run();
    }
    clearIsolateCaches();
    expect((await old.request('/account')).status).toBe(303);
    const silent = await old.request(authorizeUrl(client, { prompt: 'none' }));
    const { searchParams } = new URL(silent.headers.get('location') ?? '', server.env.ISSUER);
    expect(searchParams.get('error')).toBe('login_required');
  });

  it('does not send a user in circles who removed two-step sign-in', async () => {
    const { replica, server, client } = await begin();
    const { user } = await enrolled(server);
    await replica.freeze();
    const removal = '/account/second-factor/remove';
    await user.send(parseForm(await (await user.open(removal)).text(), removal));
    const fresh = server.user();
    await fresh.signIn(email, password);
    clearIsolateCaches();
    const response = await fresh.open(authorizeUrl(client));
    expect(new URL(response.headers.get('location') ?? '', server.env.ISSUER).searchParams.get('code')).not.toBeNull();
  });
});
