/** The operations on outstanding authorization codes and device authorization requests, for the API and the console. */
import { requestedPage } from '../../http/api/cursor.ts';
import { parseDeviceId, parseUserId, shardOf } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { CodeRecord } from '../../storage/grants/codes.ts';
import { deleteDeviceCode, findDeviceById } from '../../storage/grants/device-codes.ts';
import { findCode, listCodes } from '../../storage/grants/outstanding-codes.ts';
import { preventGrant } from '../../storage/grants/prevent-grant.ts';
import { DEVICE_SORTS, listDeviceCodes } from '../../storage/server/shard-lists.ts';
import { time } from '../query-parameters.ts';
import { DEVICE } from '../records/device.ts';
import { OUTSTANDING_CODE } from '../records/outstanding-code.ts';
import { bindRecord } from './record.ts';
import { requireSort, written } from './record-page.ts';

type OutstandingCode = CodeRecord & { hash: string };

export const OUTSTANDING_CODES = bindRecord(OUTSTANDING_CODE, {
  async find(deps, hash): Promise<OutstandingCode> {
    const record = await findCode(deps, hash, deps.moment.now);
    if (!record) throw new OAuthError('not_found', 'no such code is outstanding.');
    return { hash, ...record };
  },
  show: ({ hash, client, user, scopes, issuedAt, expiresAt }) => ({
    hash,
    client_id: client,
    user,
    scope: scopes.join(' '),
    issued_at: time(issuedAt),
    expires_at: time(expiresAt),
  }),
  // The cursor is KV's own.
  list: (deps, { after, most }) => listCodes(deps, deps.moment.now, { after, most }),
  actions: {
    // The grant that the code could become is revoked before it begins.
    async revoke({ deps: { databases, moment }, actor }, code) {
      const db = await databases.resolveShard(shardOf(code.grant));
      const userId = parseUserId(code.user);
      if (!db || !userId) throw new OAuthError('not_found', 'no such code is outstanding.');
      const grant = { id: code.grant, clientId: code.client, userId };
      await preventGrant(db, moment, actor, grant);
    },
  },
});

export const DEVICES = bindRecord(DEVICE, {
  async find({ databases, moment }, id) {
    const deviceId = parseDeviceId(id);
    const device = deviceId && (await findDeviceById(databases, deviceId, moment.now));
    if (!device) throw new OAuthError('not_found', 'there is no such device.');
    return device;
  },
  // Never its codes.
  show: (device) => ({
    id: device.id,
    client_id: device.clientId,
    scope: device.scopes.join(' '),
    status: device.decision ?? ('pending' as const),
    user: device.userId,
    expires_at: time(device.expiresAt),
  }),
  async list({ databases, moment }, { sort, descending, filters: _, ...page }) {
    const by = { sort: requireSort(DEVICE_SORTS, sort), descending };
    return written(await listDeviceCodes(databases, by, moment.now, requestedPage(databases, page)));
  },
  sorts: DEVICE_SORTS,
  actions: {
    async delete({ deps: { databases, moment }, actor }, { id }) {
      if (!(await deleteDeviceCode(databases, moment, actor, id))) {
        throw new OAuthError('not_found', 'there is no such device.');
      }
    },
  },
});
