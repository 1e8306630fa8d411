/** Roles from a claim of an identity provider, mapped to roles of this server at each sign-in. */
import { type Claims, claimAt } from '../protocol/claim-path.ts';
import { isJsonObject } from '../protocol/json-object.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { ADMINISTRATOR_ROLE, AUDITOR_ROLE } from '../protocol/scope.ts';
import type { SocialLoginDescription } from '../protocol/social-login.ts';
import type { MappedRoles } from '../storage/users/user-changes.ts';

/** Roles that open the console: mapped only where maps_administrator is set. */
const OF_THE_CONSOLE: readonly string[] = [ADMINISTRATOR_ROLE, AUDITOR_ROLE];

/** Validates a role mapping. @throws OAuthError invalid_request for one that cannot be used. */
export function checkRoleMapping({ roles_claim, role_mapping, maps_administrator }: SocialLoginDescription): void {
  const named = Object.keys(role_mapping);
  if (named.length > 0 && roles_claim === undefined)
    throw new OAuthError('invalid_request', 'roles_claim: role_mapping needs the claim that it maps.');
  const unticked = maps_administrator ? undefined : named.find((role) => OF_THE_CONSOLE.includes(role));
  if (unticked)
    throw new OAuthError(
      'invalid_request',
      `role_mapping: ${unticked} is mapped only where maps_administrator allows it.`,
    );
}

/** The roles that the mapping names, and those of them that these claims give; undefined where nothing is mapped. */
export function rolesIn(
  { roles_claim, role_mapping, maps_administrator }: SocialLoginDescription,
  ...sources: Claims[]
): MappedRoles | undefined {
  if (roles_claim === undefined) return undefined;
  const may = Object.entries(role_mapping).filter(([role]) => maps_administrator || !OF_THE_CONSOLE.includes(role));
  if (may.length === 0) return undefined;
  const values = new Set(sources.flatMap((claims) => valuesOf(claimAt(claims, roles_claim))));
  const given = may.filter(([, wanted]) => wanted.split('|').some((value) => values.has(value.trim())));
  return { named: may.map(([role]) => role), granted: given.map(([role]) => role) };
}

/** Lists of texts, or one; Zitadel and others name the values by the members of an object. */
function valuesOf(claim: unknown): string[] {
  if (Array.isArray(claim)) return claim.flatMap((value) => (Array.isArray(value) ? [] : valuesOf(value)));
  if (isJsonObject(claim)) return Object.keys(claim);
  return ['string', 'number', 'boolean'].includes(typeof claim) ? [String(claim)] : [];
}
