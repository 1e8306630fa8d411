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

/** `sub`, and what the granted scopes open. */
export function personClaims(person: PersonFacts, scopes: readonly string[]): Record<string, unknown> {
  const opened = scopes.map((scope) => CLAIMS_BY_SCOPE[scope]?.(person) ?? {});
  return Object.assign({ sub: person.id }, ...opened);
}
