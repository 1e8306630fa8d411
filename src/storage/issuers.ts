/** Issuers that are trusted to vouch for people, and whom they mean by a subject. */
import { and, asc, eq, isNotNull } from 'drizzle-orm';
import type { PersonId } from '../protocol/credentials.ts';
import { withSmallLetters } from '../protocol/email-address.ts';
import type { IssuerTrust } from '../protocol/issuer-trust.ts';
import { type Moment, recordEvent } from './audit.ts';
import { type Database, type Databases, decide } from './database.ts';
import { forgetEverything, Held } from './held.ts';
import type { Person } from './people.ts';
import { issuerSubjects, people, trustedIssuers } from './schema/index.ts';

const held = new Held<IssuerTrust>();

/** The trust as this isolate or the nearest replica has it. An acceptance may rest on it, a refusal may not. */
export async function findIssuerNear(databases: Databases, issuer: string, now: number) {
  return held.get(issuer, now) ?? readIssuer(databases.near, issuer, now);
}

/** The trust as the primary has it. */
export function findIssuerLatest(databases: Databases, issuer: string, now: number) {
  return readIssuer(databases.global, issuer, now);
}

async function readIssuer(db: Database, issuer: string, now: number): Promise<IssuerTrust | undefined> {
  const [row] = await db
    .select({ trust: trustedIssuers.trust })
    .from(trustedIssuers)
    .where(eq(trustedIssuers.issuer, issuer));
  if (row) held.set(issuer, row.trust, now);
  return row?.trust;
}

/**
 * The person that an issuer means: by the link, else by the e-mail address that may be used for it. One that nobody
 * confirmed here means nobody: whoever prepared an account with another's address would be taken for them.
 */
export async function findVouchedPerson(
  databases: Databases,
  issuer: string,
  subject: string,
  email: string | undefined,
): Promise<Person | undefined> {
  const db = databases.global;
  const linked = db
    .select({ person: people })
    .from(issuerSubjects)
    .innerJoin(people, eq(people.id, issuerSubjects.personId))
    .where(and(eq(issuerSubjects.issuer, issuer), eq(issuerSubjects.subject, subject)));
  const byEmail = db
    .select({ person: people })
    .from(people)
    .where(and(eq(people.email, withSmallLetters(email ?? '')), isNotNull(people.emailVerifiedAt)));
  const [first, second] = await db.batch([linked, byEmail]);
  return (first[0] ?? (email === undefined ? undefined : second[0]))?.person;
}

export function listIssuers(databases: Databases) {
  return databases.global.select().from(trustedIssuers).orderBy(asc(trustedIssuers.createdAt)).limit(200);
}

export function listSubjects(databases: Databases, issuer: string) {
  return databases.global.select().from(issuerSubjects).where(eq(issuerSubjects.issuer, issuer)).limit(1000);
}

export async function putIssuer(
  databases: Databases,
  moment: Moment,
  actor: string,
  issuer: string,
  trust: IssuerTrust,
): Promise<void> {
  const db = databases.global;
  await decide(() =>
    db.batch([
      db
        .insert(trustedIssuers)
        .values({ issuer, trust, createdAt: moment.now })
        .onConflictDoUpdate({ target: trustedIssuers.issuer, set: { trust } }),
      recordEvent(db, moment, { type: 'issuer.put', subject: issuer, actor }),
    ]),
  );
  forgetEverything();
}

/** Its links go with it. */
export async function deleteIssuer(databases: Databases, moment: Moment, actor: string, issuer: string): Promise<void> {
  const db = databases.global;
  await decide(() =>
    db.batch([
      db.delete(trustedIssuers).where(eq(trustedIssuers.issuer, issuer)),
      db.delete(issuerSubjects).where(eq(issuerSubjects.issuer, issuer)),
      recordEvent(db, moment, { type: 'issuer.deleted', subject: issuer, actor }),
    ]),
  );
  forgetEverything();
}

export async function linkSubject(
  databases: Databases,
  moment: Moment,
  actor: string,
  link: { issuer: string; subject: string; personId: PersonId },
): Promise<void> {
  const db = databases.global;
  await decide(() =>
    db.batch([
      db
        .insert(issuerSubjects)
        .values(link)
        .onConflictDoUpdate({
          target: [issuerSubjects.issuer, issuerSubjects.subject],
          set: { personId: link.personId },
        }),
      recordEvent(db, moment, {
        type: 'issuer.linked',
        subject: link.personId,
        actor,
        detail: { issuer: link.issuer },
      }),
    ]),
  );
}

export async function unlinkSubject(
  databases: Databases,
  moment: Moment,
  actor: string,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<void> {
  const db = databases.global;
  await decide(() =>
    db.batch([
      db.delete(issuerSubjects).where(and(eq(issuerSubjects.issuer, issuer), eq(issuerSubjects.subject, subject))),
      recordEvent(db, moment, { type: 'issuer.unlinked', subject: issuer, actor }),
    ]),
  );
}
