/** /api/admin/codes, /events and /cutoffs: what is outstanding, what happened, what some shard does not know yet. */
import type { Context } from 'hono';
import { type PersonId, shardOf } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { listEvents as readEvents } from '../storage/audit.ts';
import { findCode, forgetCodeByHash, listCodes as readCodes } from '../storage/codes.ts';
import { listPendingCutoffs } from '../storage/cutoffs.ts';
import { preventGrant } from '../storage/grants.ts';
import type { Web } from '../web/context.ts';
import { actorOf } from './authenticate.ts';
import { PAGE_SIZE } from './parse.ts';

const time = (milliseconds: number) => new Date(milliseconds).toISOString();

export async function listCodes(c: Context<Web>) {
  const { codes, moment } = c.get('deps');
  const records = await readCodes(codes, moment.now);
  return c.json({
    codes: records.map(({ hash, client, person, scopes, issuedAt, expiresAt }) => ({
      ...{ hash, client_id: client, person, scope: scopes.join(' ') },
      ...{ issued_at: time(issuedAt), expires_at: time(expiresAt) },
    })),
  });
}

/** Ends a code that waits to be redeemed: the grant that it could become is over before it begins. */
export async function deleteCode(c: Context<Web>) {
  const { codes, databases, moment } = c.get('deps');
  const hash = c.req.param('hash') ?? '';
  const record = await findCode(codes, hash);
  const db = record && databases.shard(shardOf(record.grant));
  if (!record || !db) throw new OAuthError('not_found', 'no such code is outstanding.');
  const grant = { id: record.grant, clientId: record.client, personId: record.person as PersonId };
  await preventGrant(db, moment, actorOf(c), grant);
  await forgetCodeByHash(codes, hash);
  return c.body(null, 204);
}

export async function listEvents(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const before = c.req.query('before');
  if (before !== undefined && !/^\d{1,15}$/.test(before))
    throw new OAuthError('invalid_request', 'before must be a time.');
  const rows = await readEvents(databases, before === undefined ? moment.now + 1 : Number(before), PAGE_SIZE);
  const events = rows.map(({ at, type, subject, actor, detail, requestId }) => ({
    ...{ at: time(at), type, subject, actor, detail },
    request_id: requestId,
  }));
  return c.json({ events, next: rows.length === PAGE_SIZE ? rows.at(-1)?.at : undefined });
}

/** Empty where every shard knows everything. */
export async function listCutoffs(c: Context<Web>) {
  const rows = await listPendingCutoffs(c.get('deps').databases);
  return c.json({ pending: rows.map(({ subject, owing, writtenAt }) => ({ subject, owing, since: time(writtenAt) })) });
}
