/** Whether an access token still holds at this moment, and for whom: what every guard that asks storage asks. */
import type { Databases } from './database.ts';
import { findPerson, type Person } from './people.ts';
import { type IssuedToken, personOf, standingOf } from './tokens.ts';

/**
 * The holder of a token whose signature was verified; undefined where it was revoked or cut off, or its person is gone
 * or disabled. A client that acts by itself has no person. `claims` are those that the person let
 * the client read beyond its scopes. One round.
 */
export async function findTokenHolder(
  databases: Databases,
  token: Omit<IssuedToken, 'resource' | 'scopes' | 'exp'>,
): Promise<{ person: Person | undefined; claims: readonly string[] } | undefined> {
  const personId = personOf(token.sub);
  const [{ holds, claims }, person] = await Promise.all([
    standingOf(databases, token),
    personId && findPerson(databases, personId),
  ]);
  if (!holds || (personId && (!person || person.disabledAt !== null))) return undefined;
  return { person, claims };
}
