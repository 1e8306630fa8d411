/** An imported API key is found by the public part that it had at the server that it comes from. */
import { describe, expect, it } from 'vitest';
import { newApiKeyId, parseUserId, type UserId } from '../../src/protocol/credentials.ts';
import { Databases } from '../../src/storage/database/database.ts';
import { createKey, revokeKey } from '../../src/storage/users/api-key-changes.ts';
import { findLegacyKeyHolder } from '../../src/storage/users/api-key-lookup.ts';
import { administer, bindings, serve } from '../support/server.ts';

const DAY = 86_400_000;
const LEGACY = { legacyKey: 'a1b2c3d4e5f6a7b', secret: '0f1e2d3c4b5a697' };

async function makeLegacyKey() {
  const env = bindings();
  const server = serve(env);
  const databases = new Databases(env);
  const user = await administer<{ id: string }>(server, 'POST', '/users', { email: 'ada@example.com', name: 'Ada' });
  const userId = parseUserId(user.id) as UserId;
  const moment = { requestId: crypto.randomUUID(), now: Date.now() };
  const key = { id: newApiKeyId(), userId, name: 'Imported', scopes: ['profile'], expiresAt: moment.now + DAY };
  const make = (id = key.id) => createKey(databases, moment, 'system', { ...key, id, ...LEGACY });
  return { server, databases, moment, key, make, made: await make() };
}

describe('an imported API key', () => {
  it('is found by its legacy key and its secret, and by no other pair', async () => {
    const { databases, moment, key } = await makeLegacyKey();
    const find = (pair: object) => findLegacyKeyHolder(databases, { ...LEGACY, ...pair }, moment.now);
    expect(await find({})).toMatchObject({ key: { id: key.id, legacyKey: LEGACY.legacyKey }, user: { name: 'Ada' } });
    expect(await find({ secret: 'wrong' })).toBeUndefined();
    expect(await find({ legacyKey: 'another' })).toBeUndefined();
    expect(await find({ legacyKey: key.id })).toBeUndefined();
  });

  it('is stored once: another row with its legacy key is not made', async () => {
    const { make } = await makeLegacyKey();
    expect(await make(newApiKeyId())).toBeUndefined();
  });

  it('expires, and is neither found after its revocation nor for a disabled user', async () => {
    const { server, databases, moment, key } = await makeLegacyKey();
    const find = (now = moment.now) => findLegacyKeyHolder(databases, LEGACY, now);
    expect(await find(key.expiresAt)).toBeUndefined();
    await administer(server, 'PATCH', `/users/${key.userId}`, { disabled: true });
    expect(await find(Date.now())).toBeUndefined();
    await administer(server, 'PATCH', `/users/${key.userId}`, { disabled: false });
    await revokeKey(databases, moment, 'system', { id: key.id });
    expect(await find()).toBeUndefined();
  });
});
