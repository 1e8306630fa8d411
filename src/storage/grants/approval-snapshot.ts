/** The snapshot of client and user that an approval was validated with, compared in the statement that uses the approval. */
import { type SQL, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { compiledStatement, type Slots } from '../database/compiled-statement.ts';
import type { Database } from '../database/database.ts';
import { attributesSubject, type Subject } from './cutoff-subjects.ts';
import { notCutOff } from './cutoffs.ts';

/**
 * The versions of client and user that an approval was validated with: the time at which the client was read, and the number
 * of the last change of the user's attributes that the row has. A replica's lag is not limited, so no time stands for it.
 */
export type ApprovalSnapshot = {
  clientId: string;
  clientReadAt: number;
  user?: { id: UserId; attributesChangedAt: number | null } | undefined;
};

/** A snapshot as the values of a statement: the subjects as JSON, none where nothing was read. */
export type SnapshotValues = {
  clientSubjects: string;
  clientReadAt: number;
  userSubjects: string;
  nextChange: number;
};

export function snapshotValues(snapshot: ApprovalSnapshot | undefined): SnapshotValues {
  const { clientId, clientReadAt = 0, user } = snapshot ?? {};
  const ofClient: Subject[] = clientId === undefined ? [] : [`client:${clientId}`, `approval:${clientId}`];
  const ofUser: Subject[] = user ? [attributesSubject(user.id)] : [];
  return {
    clientSubjects: JSON.stringify(ofClient),
    clientReadAt,
    userSubjects: JSON.stringify(ofUser),
    nextChange: (user?.attributesChangedAt ?? 0) + 1,
  };
}

/** A condition: no cutoff of the client since it was read, and no change of the user that its row has not. */
export const snapshotIsCurrent = (slots: Slots<SnapshotValues>): SQL =>
  sql`(${notCutOff(slots.clientSubjects, slots.clientReadAt)} AND ${notCutOff(slots.userSubjects, slots.nextChange)})`;

/** True where the snapshot is stale, and the statement changed nothing because of it. */
export async function isSnapshotStale(db: Database, snapshot: ApprovalSnapshot): Promise<boolean> {
  const [row] = await currentSnapshot(db, snapshotValues(snapshot)).run();
  return row?.is === 0;
}

const currentSnapshot = compiledStatement<SnapshotValues>()((db, slots) =>
  db.select({ is: sql<number>`${snapshotIsCurrent(slots)}` }).from(sql`(SELECT 1)`),
);
