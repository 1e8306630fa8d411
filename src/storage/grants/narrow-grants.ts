/** The withdrawal of a scope from the grants of a user to a client. */
import { and, eq, or, sql } from 'drizzle-orm';
import type { UserId } from '../../protocol/credentials.ts';
import { claimNamesOfScope } from '../../protocol/user-claims.ts';
import type { Database } from '../database/database.ts';
import { grants } from '../schema/index.ts';

/**
 * The statement that removes a scope, and the claims of it that were allowed by name, from the grants of a user to a
 * client, up to the time of its cutoff: later ones were authorized with the scope again.
 * @param subject of the cutoff: `scope:USER:CLIENT SCOPE`.
 */
export function narrowGrants(db: Database, subject: string) {
  // A client id may be a URL, with colons.
  const [, userId = '', clientId = '', scope = ''] = /^scope:([^:]*):(\S*) (.*)$/.exec(subject) ?? [];
  const isOlder = sql`authorized_at <= (SELECT at FROM cutoffs WHERE subject = ${subject})`;
  const scopes = narrowed(grants.scopes, [scope]);
  const claims = narrowed(grants.claims, claimNamesOfScope(scope));
  const idTokenClaims = narrowed(grants.idTokenClaims, claimNamesOfScope(scope));
  return db
    .update(grants)
    .set({ scopes: scopes.rest, claims: claims.rest, idTokenClaims: idTokenClaims.rest })
    .where(
      and(
        eq(grants.userId, userId as UserId),
        eq(grants.clientId, clientId),
        isOlder,
        or(scopes.hasAny, claims.hasAny, idTokenClaims.hasAny),
      ),
    );
}

type List = typeof grants.scopes | typeof grants.claims | typeof grants.idTokenClaims;

/** A list without these entries, and the condition that it has any of them. */
function narrowed(list: List, entries: readonly string[]) {
  const removed = sql`(SELECT value FROM json_each(${JSON.stringify(entries)}))`;
  return {
    rest: sql`(SELECT json_group_array(value) FROM json_each(${list}) WHERE value NOT IN ${removed})`,
    hasAny: sql`EXISTS (SELECT 1 FROM json_each(${list}) WHERE value IN ${removed})`,
  };
}
