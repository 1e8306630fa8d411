/** Conditions on rows of `grants`, in the statements that use them: no cutoff, and no end of the session. */
import { type SQL, sql } from 'drizzle-orm';
import { OFFLINE_ACCESS } from '../../protocol/scope-names.ts';

/** No cutoff of a row of `grants`, whose columns name its subjects, except for the end of its session (`notCutOff`). */
export const grantIsNotCutOff = sql`NOT EXISTS (SELECT 1 FROM cutoffs WHERE at >= grants.authorized_at AND subject IN (
  'user:' || grants.user_id, 'client:' || grants.client_id, 'consent:' || grants.user_id || ':' || grants.client_id))`;

/** A condition on `grants`: its session was not ended, or it has offline access, which outlives the session. */
export const sessionIsNotEnded = sql`(EXISTS (SELECT 1 FROM json_each(grants.scopes) WHERE value = ${OFFLINE_ACCESS})
  OR NOT EXISTS (SELECT 1 FROM cutoffs WHERE subject = 'session:' || grants.session_id AND at >= grants.authorized_at))`;

/** Of `grants`, in RETURNING: the number of the last change of the user's roles or e-mail address; NULL without one. */
export const attributesCutoff = sql<
  number | null
>`(SELECT at FROM cutoffs WHERE subject = 'attributes:' || grants.user_id)`;

/**
 * A condition on `grants`: its session has not expired, which counts as signing out. A grant of a device has no browser
 * session; offline access outlives it.
 */
export const sessionIsNotExpired = (
  now: number | SQL,
  idleSince: number | SQL,
) => sql`(EXISTS (SELECT 1 FROM json_each(grants.scopes)
    WHERE value = ${OFFLINE_ACCESS})
  OR NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.id = grants.session_id
    AND (sessions.expires_at <= ${now} OR sessions.last_seen_at <= ${idleSince}
      OR EXISTS (SELECT 1 FROM cutoffs WHERE subject = 'password:' || sessions.user_id
        AND at >= sessions.password_set_at))))`;
