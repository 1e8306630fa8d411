/** The user claims of each scope (OpenID Connect Core §5.4). */
import { SECOND } from './lifetimes.ts';
import { EMAIL_SCOPE, PROFILE_SCOPE, ROLES_SCOPE } from './scope-names.ts';

/** The attributes of a user from which claims are made. */
export type UserAttributes = {
  id: string;
  name: string;
  givenName: string | null;
  familyName: string | null;
  picture: string | null;
  /** The chosen language (RFC 5646). */
  locale: string | null;
  email: string;
  emailVerifiedAt: number | null;
  roles: readonly string[];
  createdAt: number;
  /** Time of the last change of an attribute; null if never changed. */
  updatedAt: number | null;
};

type Claims = Record<string, unknown>;

/** The claims of each scope. An undefined one is omitted (OpenID Connect Core §5.3.2). */
const CLAIMS_BY_SCOPE: Record<string, (user: UserAttributes) => Claims> = {
  [PROFILE_SCOPE]: ({ name, givenName, familyName, picture, locale, createdAt, updatedAt }) => ({
    name,
    given_name: givenName ?? undefined,
    family_name: familyName ?? undefined,
    picture: picture ?? undefined,
    locale: locale ?? undefined,
    updated_at: Math.floor((updatedAt ?? createdAt) / SECOND),
  }),
  [EMAIL_SCOPE]: ({ email, emailVerifiedAt }) => ({
    email,
    email_verified: emailVerifiedAt !== null,
    // Clients identify accounts by it: never text that a user chooses, nor an unverified address.
    preferred_username: emailVerifiedAt === null ? undefined : email,
  }),
  [ROLES_SCOPE]: (user) => ({ roles: user.roles }),
};

const EMPTY_USER: UserAttributes = {
  id: '',
  name: '',
  givenName: null,
  familyName: null,
  picture: null,
  locale: null,
  email: '',
  emailVerifiedAt: null,
  roles: [],
  createdAt: 0,
  updatedAt: null,
};

/** Every user claim, for `claims_supported`. */
export function supportedClaims(): string[] {
  return ['sub', ...Object.values(CLAIMS_BY_SCOPE).flatMap((claims) => Object.keys(claims(EMPTY_USER)))];
}

/** The scope that includes a claim; undefined if none does. */
export function scopeOfClaim(claim: string): string | undefined {
  return Object.keys(CLAIMS_BY_SCOPE).find((scope) => Object.hasOwn(claimsOfScope(scope, EMPTY_USER), claim));
}

/** The scopes that include these claims. */
export const scopesOfClaims = (claims: readonly string[]): string[] => [
  ...new Set(claims.flatMap((claim) => scopeOfClaim(claim) ?? [])),
];

/** The names of the claims of a scope. */
export const claimNamesOfScope = (scope: string): string[] => Object.keys(claimsOfScope(scope, EMPTY_USER));

/** @returns true if any of the scopes includes user claims. */
export const haveUserClaims = (scopes: readonly string[]): boolean =>
  scopes.some((scope) => Object.hasOwn(CLAIMS_BY_SCOPE, scope));

/** The claims of a scope; none for a name such as `constructor`. */
const claimsOfScope = (scope: string, user: UserAttributes): Claims =>
  Object.hasOwn(CLAIMS_BY_SCOPE, scope) ? (CLAIMS_BY_SCOPE[scope]?.(user) ?? {}) : {};

/** `sub`, the claims of the granted scopes, and claims requested by name (OpenID Connect Core §5.5). */
export function userClaims(
  user: UserAttributes,
  scopes: readonly string[],
  names: readonly string[] = [],
): Record<string, unknown> {
  const included = scopes.map((scope) => claimsOfScope(scope, user));
  return Object.assign({ sub: user.id }, ...included, claimsByName(user, names));
}

/** The claims with these names. */
export function claimsByName(user: UserAttributes, names: readonly string[]): Record<string, unknown> {
  const all: Record<string, unknown> = Object.assign({}, ...Object.values(CLAIMS_BY_SCOPE).map((open) => open(user)));
  return Object.fromEntries(names.filter((name) => Object.hasOwn(all, name)).map((name) => [name, all[name]]));
}

/** The attributes of the user that a claim can have as its source. */
export const CLAIM_SOURCES: Record<string, (user: UserAttributes) => unknown> = {
  sub: ({ id }) => id,
  // Only a verified address.
  email: ({ email, emailVerifiedAt }) => (emailVerifiedAt === null ? undefined : email),
  email_verified: ({ emailVerifiedAt }) => emailVerifiedAt !== null,
  name: ({ name }) => name,
  given_name: ({ givenName }) => givenName ?? undefined,
  family_name: ({ familyName }) => familyName ?? undefined,
  picture: ({ picture }) => picture ?? undefined,
  locale: ({ locale }) => locale ?? undefined,
  roles: ({ roles }) => roles,
};
