/** What a link does that was handed over or mailed: choosing a password, confirming an address. Each is good once. */
import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { PersonId } from '../protocol/credentials.ts';
import { type Moment, recordEvent } from './audit.ts';
import { type Databases, decide } from './database.ts';
import { people } from './schema/index.ts';
import { spendStatement } from './spent.ts';

/** A condition on `people`: what was asked for before a password was chosen is no longer to be had. */
const passwordIsOlderThan = (madeAt: number) => sql`COALESCE(${people.passwordSetAt}, 0) <= ${madeAt}`;

/**
 * Does what a one-time link allows: it lets its reader in, and sets a password where they chose one. The link is spent in
 * the same batch, and only where no password was set after the link was made, and the address that it was mailed to is
 * still theirs: then the person reads mail there.
 * @returns whether it was good.
 */
export async function followLink(
  databases: Databases,
  moment: Moment,
  link: { personId: PersonId; text: string; madeAt: number; expiresAt: number; mailedTo?: string | undefined },
  passwordHash: string | undefined,
): Promise<boolean> {
  const { mailedTo } = link;
  const db = databases.global;
  const [, changed] = await decide(() =>
    db.batch([
      spendStatement(db, moment, link),
      db
        .update(people)
        .set({
          ...(passwordHash !== undefined && { passwordHash, passwordSetAt: moment.now }),
          emailVerifiedAt: sql`COALESCE(email_verified_at, ${mailedTo === undefined ? null : moment.now})`,
        })
        .where(
          and(
            eq(people.id, link.personId),
            isNull(people.disabledAt),
            // Sent again, it finds its own work.
            or(passwordIsOlderThan(link.madeAt), eq(people.passwordHash, passwordHash ?? '')),
            // Who reads mail at an address that is theirs no longer may be anybody.
            mailedTo === undefined ? undefined : eq(people.email, mailedTo),
          ),
        )
        .returning({ id: people.id }),
      recordEvent(
        db,
        moment,
        { type: 'person.password-set', subject: link.personId, actor: `person:${link.personId}` },
        passwordHash === undefined
          ? sql`false`
          : sql`EXISTS (SELECT 1 FROM people WHERE id = ${link.personId} AND password_set_at = ${moment.now})`,
      ),
    ]),
  );
  return changed.length === 1;
}

/** A link that was opened by whoever reads mail at `to`: the person's own address (`from`), or the one to be theirs. */
export type EmailLink = {
  personId: PersonId;
  from: string;
  to: string;
  text: string;
  madeAt: number;
  expiresAt: number;
};

/**
 * Makes `to` the confirmed address of the person. The link is spent in the same batch; nothing changes where their
 * address is not `from` any more, where they chose a password since, or where somebody else has `to`.
 * @returns whether it was set.
 */
export async function setEmailByLink(databases: Databases, moment: Moment, link: EmailLink): Promise<boolean> {
  const { personId, from, to } = link;
  const db = databases.global;
  const isFree = sql`NOT EXISTS (SELECT 1 FROM people AS other WHERE other.email = ${to} AND other.id <> ${personId})`;
  const type = from === to ? 'person.email-verified' : 'person.email-changed';
  const [, changed] = await decide(() =>
    db.batch([
      spendStatement(db, moment, link),
      db
        .update(people)
        .set({ email: to, emailVerifiedAt: moment.now })
        // Sent again, it finds its own work.
        .where(
          and(
            eq(people.id, personId),
            sql`${people.email} IN (${from}, ${to})`,
            isNull(people.disabledAt),
            passwordIsOlderThan(link.madeAt),
            isFree,
          ),
        )
        .returning({ id: people.id }),
      recordEvent(
        db,
        moment,
        { type, subject: personId, actor: `person:${personId}` },
        sql`EXISTS (SELECT 1 FROM people WHERE id = ${personId} AND email_verified_at = ${moment.now})`,
      ),
    ]),
  );
  return changed.length === 1;
}
