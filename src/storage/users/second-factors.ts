/**
 * Second factors of users, in `DB`: the sealed secret of an authenticator app. Each of its codes is single-use, by one
 * conditional statement.
 */
import { and, eq, isNotNull, or, sql } from 'drizzle-orm';
import type { RootSecrets } from '../../crypto/seal.ts';
import type { UserId } from '../../protocol/credentials.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { previousChangedRow } from '../database/previous-statement.ts';
import { deliverCutoff } from '../grants/cutoff-delivery.ts';
import { attributesSubject } from '../grants/cutoff-subjects.ts';
import { type SingleUse, useOnceStatement } from '../grants/single-use.ts';
import { readCutoff } from '../grants/write-cutoff.ts';
import { recoveryCodes, rememberedBrowsers, secondFactors, users } from '../schema/index.ts';
import { type RequestClock, recordEvent } from '../server/audit.ts';
import { replaceCodesStatements } from './recovery-codes.ts';
import { nextAttributesNumber, writeAttributesCutoff } from './user-attributes.ts';

export type SecondFactor = typeof secondFactors.$inferSelect;

/** The user's second factor; undefined without one. */
export async function findSecondFactor({ global: db }: Databases, id: UserId): Promise<SecondFactor | undefined> {
  const [row] = await db.select().from(secondFactors).where(eq(secondFactors.userId, id));
  return row;
}

/** The secret of the authenticator app, in Base32; undefined where no root secret opens it. */
export async function openFactorSecret(root: RootSecrets, row: SecondFactor): Promise<string | undefined> {
  const secret = await root.unseal('second-factor', row.sealedSecret, row.userId);
  return typeof secret === 'string' ? secret : undefined;
}

/** The statements that number the change, so that no shard decides by a replica's row without it, and read the number. */
const attributesCutoffOf = (databases: Databases, userId: UserId) =>
  [writeAttributesCutoff(databases, userId), readCutoff(databases.global, attributesSubject(userId))] as const;

type NewFactor = {
  userId: UserId;
  /** In Base32. */
  secret: string;
  /** The time step of the code that confirmed it, which is used by that. */
  step: number;
  codes: readonly string[];
  /** The form, which adds one second factor. */
  form: SingleUse;
  /** True where it may replace one that the user has. */
  replaces: boolean;
};

/**
 * Adds the second factor of a user, with its recovery codes. Throws for a used form.
 * @returns false where the user has one that may not be replaced: then nothing was changed.
 */
export async function addSecondFactor(
  databases: Databases,
  moment: RequestClock,
  root: RootSecrets,
  { userId, secret, step, codes, form, replaces }: NewFactor,
): Promise<boolean> {
  const db = databases.global;
  const { now, requestId } = moment;
  const sealedSecret = await root.seal('second-factor', secret, userId);
  const row = { userId, sealedSecret, lastStep: step, lastUsedBy: requestId, createdAt: now, lastUsedAt: null };
  const isOurs = sql`EXISTS (SELECT 1 FROM second_factors WHERE user_id = ${userId} AND sealed_secret = ${sealedSecret})`;
  const event = { type: 'second-factor.added', subject: userId, actor: `user:${userId}` } as const;
  const insert = db.insert(secondFactors).values(row);
  const results = await runBatch(() =>
    db.batch([
      useOnceStatement(db, moment, form),
      replaces ? insert.onConflictDoUpdate({ target: secondFactors.userId, set: row }) : insert.onConflictDoNothing(),
      ...replaceCodesStatements(databases, moment, userId, codes, isOurs),
      db
        .update(users)
        .set({ secondFactorAt: now, attributesChangedAt: nextAttributesNumber(now) })
        .where(and(eq(users.id, userId), isOurs)),
      recordEvent(db, moment, event, isOurs),
      db.select({ is: sql<number>`${isOurs}` }).from(sql`(SELECT 1)`),
      ...attributesCutoffOf(databases, userId),
    ]),
  );
  await deliverCutoff(databases, results[8][0]);
  return results[6][0]?.is === 1;
}

/** Removes the second factor of a user and its recovery codes. @returns whether there was one. */
export async function removeSecondFactor(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  userId: UserId,
): Promise<boolean> {
  const db = databases.global;
  const isOn = and(eq(users.id, userId), isNotNull(users.secondFactorAt));
  const attributesChangedAt = nextAttributesNumber(moment.now);
  const [, removed, , , , , written] = await runBatch(() =>
    db.batch([
      db.update(users).set({ secondFactorAt: null, attributesChangedAt }).where(isOn),
      db.delete(secondFactors).where(eq(secondFactors.userId, userId)).returning({ at: secondFactors.createdAt }),
      recordEvent(db, moment, { type: 'second-factor.removed', subject: userId, actor }, previousChangedRow),
      db.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId)),
      db.delete(rememberedBrowsers).where(eq(rememberedBrowsers.userId, userId)),
      ...attributesCutoffOf(databases, userId),
    ]),
  );
  await deliverCutoff(databases, written[0]);
  return removed.length > 0;
}

/**
 * Uses the code of a time step. RFC 6238 §5.2: the verifier MUST NOT accept the second attempt of the OTP.
 * @returns false where this step, or a later one, was used before, or the second factor was replaced meanwhile.
 */
export async function useTimeStep(
  databases: Databases,
  { now, requestId }: RequestClock,
  { userId, sealedSecret }: SecondFactor,
  step: number,
): Promise<boolean> {
  const isUnused = or(
    sql`${secondFactors.lastStep} < ${step}`,
    and(eq(secondFactors.lastStep, step), eq(secondFactors.lastUsedBy, requestId)),
  );
  const isThis = and(eq(secondFactors.userId, userId), eq(secondFactors.sealedSecret, sealedSecret));
  const used = await runBatch(async () =>
    databases.global
      .update(secondFactors)
      .set({ lastStep: step, lastUsedBy: requestId, lastUsedAt: now })
      .where(and(isThis, isUnused))
      .returning({ step: secondFactors.lastStep }),
  );
  return used.length === 1;
}

/** Records a wrong code. */
export async function recordFailedFactor(databases: Databases, moment: RequestClock, userId: UserId): Promise<void> {
  const event = { type: 'second-factor.failed', subject: userId, actor: 'unknown' } as const;
  await recordEvent(databases.global, moment, event);
}
