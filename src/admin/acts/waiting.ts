/** What waits: authorization codes for their client, devices for their person. And ending it. */
import { type DeviceId, type PersonId, shardOf } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { type CodeRecord, findCode, forgetCodeByHash } from '../../storage/codes.ts';
import { type DeviceCode, deleteDeviceCode, findDeviceById } from '../../storage/device-codes.ts';
import { preventGrant } from '../../storage/grants.ts';
import type { Deps } from '../../web/context.ts';

export type WaitingCode = CodeRecord & { hash: string };

/** @param hash of the code. @throws OAuthError not_found */
export async function findWaitingCode({ codes }: Deps, hash: string): Promise<WaitingCode> {
  const record = await findCode(codes, hash);
  if (!record) throw new OAuthError('not_found', 'no such code is outstanding.');
  return { hash, ...record };
}

/** The grant that the code could become is over before it begins. @throws OAuthError not_found */
export async function endCode({ codes, databases, moment }: Deps, actor: string, code: WaitingCode): Promise<void> {
  const db = databases.shard(shardOf(code.grant));
  if (!db) throw new OAuthError('not_found', 'no such code is outstanding.');
  const grant = { id: code.grant, clientId: code.client, personId: code.person as PersonId };
  await preventGrant(db, moment, actor, grant);
  await forgetCodeByHash(codes, code.hash);
}

/** @throws OAuthError not_found for one that is not there, or whose codes have ended. */
export async function findDevice({ databases, moment }: Deps, id: string): Promise<DeviceCode> {
  const device = await findDeviceById(databases, id as DeviceId, moment.now);
  if (!device) throw new OAuthError('not_found', 'there is no such device.');
  return device;
}

/** Ends its codes: it must begin anew. @throws OAuthError not_found */
export async function endDevice({ databases, moment }: Deps, actor: string, id: string): Promise<void> {
  if (!(await deleteDeviceCode(databases, moment, actor, id as DeviceId))) {
    throw new OAuthError('not_found', 'there is no such device.');
  }
}
