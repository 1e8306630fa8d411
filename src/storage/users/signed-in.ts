/** The session of a cookie with its user, and the records beside them that an authorization request needs. */
import { and, eq, sql } from 'drizzle-orm';
import { sha256 } from '../../crypto/digest.ts';
import { parseSessionCookie } from '../../protocol/credentials.ts';
import type { Settings } from '../../protocol/settings.ts';
import { compiledStatement } from '../database/compiled-statement.ts';
import type { Databases } from '../database/database.ts';
import { selectActiveGrants } from '../grants/consents.ts';
import { selectLatestCutoffs } from '../grants/cutoffs.ts';
import { type Grant, idleLimits } from '../grants/grants.ts';
import { sessions } from '../schema/index.ts';
import { isActiveSession } from './active-sessions.ts';
import type { Session } from './sessions.ts';
import { type UserSource, userInBatch, userOfBatch, withUserBeside } from './user-attributes.ts';
import type { User } from './users.ts';

export type SignedIn = {
  session: Session;
  user: User;
  grants: Grant[];
  /** Latest cutoff of the client, where one was named; 0 without one. */
  clientCutoffAt: number;
  /** Latest cutoff of the user's consent to it: a new approval is later. */
  consentCutoffAt: number;
};

const activeSession = compiledStatement<{ cookieHash: string; userId: string; now: number; idleSince: number }>()(
  (db, { cookieHash, userId, now, idleSince }) =>
    db
      .select()
      .from(sessions)
      .where(
        and(eq(sessions.cookieHash, cookieHash), sql`${sessions.userId} = ${userId}`, isActiveSession(now, idleSince)),
      ),
);

/**
 * The session of a cookie and its user, in one round: the session and, for a client, the user's grants to it from the
 * shard; the user from `DB` beside them, or from its nearest replica (`withUserBeside`).
 */
export async function findSignedIn(
  databases: Databases,
  cookie: string | undefined,
  now: number,
  settings: Settings,
  { clientId, source = 'primary' }: { clientId?: string | undefined; source?: UserSource } = {},
): Promise<SignedIn | undefined> {
  const parsed = cookie === undefined ? undefined : parseSessionCookie(cookie);
  const db = parsed && (await databases.resolveShard(parsed.shard));
  if (!cookie || !parsed || !db) return undefined;
  const { user: id, shard } = parsed;
  const idleSince = idleLimits(now, settings).sessionIdleSince;
  const beside = userInBatch(databases, db, id);
  const reading = db
    .batch([
      activeSession(db, { cookieHash: sha256(cookie), userId: id, now, idleSince }),
      selectActiveGrants(db, id, clientId ?? '', now, settings),
      selectLatestCutoffs(db, id, clientId ?? ''),
      ...beside,
    ])
    .then((results) => {
      const [[session], grants, [cut]] = results;
      const { ofClient = null, ofConsent = null, attributesCutoff = null } = cut ?? {};
      return (
        session && {
          session,
          grants,
          clientCutoffAt: ofClient ?? 0,
          consentCutoffAt: ofConsent ?? 0,
          attributesCutoff,
          user: userOfBatch(results, beside),
        }
      );
    });
  const [found, user] = await withUserBeside(databases, { id, shard, source }, reading);
  if (!found || !user || user.disabledAt !== null) return undefined;
  const { session, grants, clientCutoffAt, consentCutoffAt } = found;
  return { session: { ...session, shard }, user, grants, clientCutoffAt, consentCutoffAt };
}
