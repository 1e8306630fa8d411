/** The claim mapping of a client: claims that an administrator adds to its id_tokens, /userinfo and access tokens. */
import type { ClaimMapping } from './claim-mapping-schema.ts';
import { CLAIM_SOURCES, scopeOfClaim, type UserAttributes } from './user-claims.ts';

type Entry = ClaimMapping[string];

/** The place of a claim: the id_token, /userinfo, or access tokens of a resource. */
export type ClaimTarget = 'id_token' | 'userinfo' | { resource: string };

const appliesTo = ({ in: targets, resources }: Entry, target: ClaimTarget) =>
  typeof target === 'string' ? targets.includes(target) : resources.includes(target.resource);

/** The scope that includes a mapped claim; undefined for one that every scope includes. */
const scopeOf = ({ from, scope }: Entry) => scope ?? (from === undefined ? undefined : scopeOfClaim(from));

const entriesOf = (mapping: ClaimMapping | null, target: ClaimTarget, scopes: readonly string[]) =>
  Object.entries(mapping ?? {}).filter(([, entry]) => {
    const scope = scopeOf(entry);
    return appliesTo(entry, target) && (scope === undefined || scopes.includes(scope));
  });

/** @returns true if the mapped claims need the user's attributes. */
export const mappingNeedsUser = (
  mapping: ClaimMapping | null,
  target: ClaimTarget,
  scopes: readonly string[],
): boolean => entriesOf(mapping, target, scopes).some(([, { from }]) => from !== undefined);

/** The mapped claims of the granted scopes. @param user undefined where none is needed or known. */
export function mappedClaims(
  mapping: ClaimMapping | null,
  user: UserAttributes | undefined,
  target: ClaimTarget,
  scopes: readonly string[],
): Record<string, unknown> {
  const values = entriesOf(mapping, target, scopes).map(([name, { from, value }]) => {
    if (from === undefined) return [name, value];
    return [name, user && CLAIM_SOURCES[from]?.(user)];
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
