/** The users that the subjects of trusted issuers are linked to. */
import { and, eq, isNotNull } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { lowercaseEmail } from '../../protocol/email-address.ts';
import { type Databases, runBatch } from '../database/database.ts';
import { issuerSubjects, users } from '../schema/index.ts';
import type { User } from '../users/users.ts';
import { type RequestClock, recordEvent } from './audit.ts';

/**
 * The user of a subject: by the link, else by the e-mail address, where the policy allows it and the address is
 * confirmed here. Otherwise anyone could prepare an account with the address of another user.
 */
export async function findUserOfIssuer(
  databases: Databases,
  issuer: string,
  subject: string,
  email: string | undefined,
): Promise<User | undefined> {
  const db = databases.global;
  const linked = db
    .select({ user: users })
    .from(issuerSubjects)
    .innerJoin(users, eq(users.id, issuerSubjects.userId))
    .where(and(eq(issuerSubjects.issuer, issuer), eq(issuerSubjects.subject, subject)));
  const byEmail = db
    .select({ user: users })
    .from(users)
    .where(and(eq(users.email, lowercaseEmail(email ?? '')), isNotNull(users.emailVerifiedAt)));
  const [first, second] = await db.batch([linked, byEmail]);
  return (first[0] ?? (email === undefined ? undefined : second[0]))?.user;
}

export function listSubjects(databases: Databases, issuer: string) {
  return databases.global.select().from(issuerSubjects).where(eq(issuerSubjects.issuer, issuer)).limit(1000);
}

export async function linkSubject(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  link: { issuer: string; subject: string; userId: UserId },
): Promise<void> {
  const db = databases.global;
  await runBatch(() =>
    db.batch([
      db
        .insert(issuerSubjects)
        .values(link)
        .onConflictDoUpdate({
          target: [issuerSubjects.issuer, issuerSubjects.subject],
          set: { userId: link.userId },
        }),
      recordEvent(db, moment, {
        type: 'issuer.linked',
        subject: link.userId,
        actor,
        detail: { issuer: link.issuer },
      }),
    ]),
  );
}

export async function unlinkSubject(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<void> {
  const db = databases.global;
  await runBatch(() =>
    db.batch([
      db.delete(issuerSubjects).where(and(eq(issuerSubjects.issuer, issuer), eq(issuerSubjects.subject, subject))),
      recordEvent(db, moment, { type: 'issuer.unlinked', subject: issuer, actor }),
    ]),
  );
}
