/** The claims about a person that each scope opens (OpenID Connect Core §5.4). */

export type PersonFacts = {
  id: string;
  name: string;
  givenName: string | null;
  familyName: string | null;
  picture: string | null;
  email: string;
  emailVerifiedAt: number | null;
  roles: readonly string[];
};

/** A claim that nobody filled in is undefined, and so it is left out (OpenID Connect Core §5.3.2). */
const CLAIMS_BY_SCOPE: Record<string, (person: PersonFacts) => Record<string, unknown>> = {
  profile: ({ name, givenName, familyName, picture }) => ({
    name,
    given_name: givenName ?? undefined,
    family_name: familyName ?? undefined,
    picture: picture ?? undefined,
  }),
  email: (person) => ({ email: person.email, email_verified: person.emailVerifiedAt !== null }),
  roles: (person) => ({ roles: person.roles }),
};

const NOBODY: PersonFacts = {
  ...{ id: '', name: '', givenName: null, familyName: null, picture: null },
  ...{ email: '', emailVerifiedAt: null, roles: [] },
};

/** Every claim that may appear, for `claims_supported`. */
export function supportedClaims(): string[] {
  return ['sub', ...Object.values(CLAIMS_BY_SCOPE).flatMap((claims) => Object.keys(claims(NOBODY)))];
}

/** The scope that opens a claim; undefined for what no scope opens. */
export function scopeOfClaim(claim: string): string | undefined {
  return Object.keys(CLAIMS_BY_SCOPE).find((scope) => claim in (CLAIMS_BY_SCOPE[scope]?.(NOBODY) ?? {}));
}

/** `sub`, what the granted scopes open, and single claims that were asked for by name (OpenID Connect Core §5.5). */
export function personClaims(
  person: PersonFacts,
  scopes: readonly string[],
  names: readonly string[] = [],
): Record<string, unknown> {
  const opened = scopes.map((scope) => CLAIMS_BY_SCOPE[scope]?.(person) ?? {});
  return Object.assign({ sub: person.id }, ...opened, namedClaims(person, names));
}

/** Only those claims. */
export function namedClaims(person: PersonFacts, names: readonly string[]): Record<string, unknown> {
  const all: Record<string, unknown> = Object.assign({}, ...Object.values(CLAIMS_BY_SCOPE).map((open) => open(person)));
  return Object.fromEntries(names.map((name) => [name, all[name]]));
}
