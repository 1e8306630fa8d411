/** Trusted issuers of JWT bearer assertions (RFC 7523), and the users of their subjects. */
import { and, asc, eq, isNotNull } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { lowercaseEmail } from '../../protocol/email-address.ts';
import type { IssuerTrust } from '../../protocol/issuer-trust.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { clearIsolateCaches, IsolateCache } from '../database/isolate-cache.ts';
import { issuerSubjects, trustedIssuers, users } from '../schema/index.ts';
import type { User } from '../users/users.ts';
import { type RequestClock, recordEvent } from './audit.ts';

const issuersCache = new IsolateCache<IssuerTrust>();

/** The trust from the isolate cache or the nearest replica. An acceptance may rest on it, a refusal may not. */
export async function findIssuerFromReplica(databases: Databases, issuer: string, now: number) {
  return issuersCache.get(issuer, now) ?? readIssuer(databases.nearestReplica, issuer, now);
}

/** The trust from the primary. */
export function findIssuerFromPrimary(databases: Databases, issuer: string, now: number) {
  return readIssuer(databases.global, issuer, now);
}

async function readIssuer(db: Database, issuer: string, now: number): Promise<IssuerTrust | undefined> {
  const [row] = await db
    .select({ trust: trustedIssuers.trust })
    .from(trustedIssuers)
    .where(eq(trustedIssuers.issuer, issuer));
  if (row) issuersCache.set(issuer, row.trust, now);
  return row?.trust;
}

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

export function listIssuers(databases: Databases) {
  return databases.global.select().from(trustedIssuers).orderBy(asc(trustedIssuers.createdAt)).limit(200);
}

export function listSubjects(databases: Databases, issuer: string) {
  return databases.global.select().from(issuerSubjects).where(eq(issuerSubjects.issuer, issuer)).limit(1000);
}

export async function putIssuer(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  issuer: string,
  trust: IssuerTrust,
): Promise<void> {
  const db = databases.global;
  await runBatch(() =>
    db.batch([
      db
        .insert(trustedIssuers)
        .values({ issuer, trust, createdAt: moment.now })
        .onConflictDoUpdate({ target: trustedIssuers.issuer, set: { trust } }),
      recordEvent(db, moment, { type: 'issuer.put', subject: issuer, actor }),
    ]),
  );
  clearIsolateCaches();
}

/** Deletes a trusted issuer with its links. */
export async function deleteIssuer(
  databases: Databases,
  moment: RequestClock,
  actor: string,
  issuer: string,
): Promise<void> {
  const db = databases.global;
  await runBatch(() =>
    db.batch([
      db.delete(trustedIssuers).where(eq(trustedIssuers.issuer, issuer)),
      db.delete(issuerSubjects).where(eq(issuerSubjects.issuer, issuer)),
      recordEvent(db, moment, { type: 'issuer.deleted', subject: issuer, actor }),
    ]),
  );
  clearIsolateCaches();
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
