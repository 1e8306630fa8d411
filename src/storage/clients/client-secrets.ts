/** The rotation of client secrets, with an overlap in which the previous ones stay valid. */
import { and, eq, notExists, type SQL, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { clearIsolateCaches } from '../database/isolate-cache.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { auditEvents, clients } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import type { ClientRow } from './clients.ts';

/** Limit of client secrets that are valid beside the current one. */
const MAX_PREVIOUS_SECRETS = 10;

/** The identification of a client secret in the audit log. */
const fingerprintOf = (secretHash: string) => secretHash.slice(0, 16);

/** The replaced secrets that are still valid, followed by the current one for the time of the overlap. */
function previousSecretsWith(until: number, now: number): SQL {
  const valid = sql`(SELECT json_group_array(json(value)) FROM json_each(${clients.previousSecrets})
    WHERE value ->> '$.until' > ${now})`;
  const current = sql`json_object('hash', ${clients.secretHash}, 'until', ${until})`;
  return sql`CASE WHEN ${clients.secretHash} IS NULL THEN ${valid} ELSE json_insert(${valid}, '$[#]', ${current}) END`;
}

export type Rotation = {
  /** Time of creation of the secret; undefined where it is not valid. */
  createdAt: number | undefined;
  /** Expiry of the previous secret; undefined where it is invalid already. */
  previousUntil: number | undefined;
};

/**
 * Makes a secret the current one, in one statement. Previous secrets stay valid until their own expiry, or become
 * invalid at once without an overlap. A repeated request with the same secret changes nothing.
 * @param overlap validity of the previous secret, in milliseconds.
 * @returns undefined where there is no such client.
 */
export async function rotateClientSecret(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  id: string,
  { secret, overlap }: { secret: string; overlap: number },
): Promise<Rotation | undefined> {
  const db = databases.global;
  const secretHash = sha256(secret);
  const made = fingerprintOf(secretHash);
  const event = and(
    eq(auditEvents.subject, id),
    eq(auditEvents.type, 'client.secret-rotated'),
    sql`${auditEvents.detail} ->> '$.secret' = ${made}`,
  );
  const until = moment.now + overlap;
  const valid = sql`(SELECT COUNT(*) FROM json_each(${clients.previousSecrets}) WHERE value ->> '$.until' > ${moment.now})`;
  const changes =
    overlap > 0
      ? { secretHash, previousSecrets: previousSecretsWith(until, moment.now) }
      : { secretHash, previousSecrets: [] };
  const [, , rows, events] = await runBatch(() =>
    db.batch([
      db
        .update(clients)
        .set(changes)
        .where(
          and(
            eq(clients.id, id),
            overlap > 0 ? sql`${valid} < ${MAX_PREVIOUS_SECRETS}` : undefined,
            notExists(db.select({ made: sql`1` }).from(auditEvents).where(event)),
          ),
        ),
      recordEvent(
        db,
        moment,
        { type: 'client.secret-rotated', subject: id, actor, detail: { secret: made } },
        previousChangedRow,
      ),
      db.select().from(clients).where(eq(clients.id, id)),
      db.select({ at: auditEvents.at }).from(auditEvents).where(event).limit(1),
    ]),
  );
  clearIsolateCaches();
  const [row] = rows;
  return row && rotationOf(row, secretHash, events[0]?.at);
}

function rotationOf({ secretHash, previousSecrets }: ClientRow, made: string, madeAt: number | undefined): Rotation {
  const before = previousSecrets.findIndex(({ hash }) => hash === made);
  const isValid = secretHash === made || before >= 0;
  const previous = secretHash === made ? previousSecrets.at(-1) : previousSecrets[before - 1];
  return { createdAt: isValid ? madeAt : undefined, previousUntil: isValid ? previous?.until : undefined };
}
