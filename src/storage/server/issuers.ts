/** Trusted issuers of JWT bearer assertions (RFC 7523), and the users of their subjects. */
import { asc, eq } from 'drizzle-orm';
import type { IssuerTrust } from '../../protocol/issuer-trust.ts';
import { type Database, type Databases, runBatch } from '../database/database.ts';
import { clearIsolateCaches, IsolateCache } from '../database/isolate-cache.ts';
import { issuerSubjects, trustedIssuers } from '../schema/index.ts';
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

export function listIssuers(databases: Databases) {
  return databases.global.select().from(trustedIssuers).orderBy(asc(trustedIssuers.createdAt)).limit(200);
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
