/** The claims about a person that each scope opens (OpenID Connect Core §5.4). */

export type PersonFacts = { id: string; name: string; email: string; roles: readonly string[] };

const CLAIMS_BY_SCOPE: Record<string, (person: PersonFacts) => Record<string, unknown>> = {
  profile: (person) => ({ name: person.name }),
  // No address is verified yet: nothing has been sent to it.
  email: (person) => ({ email: person.email, email_verified: false }),
  roles: (person) => ({ roles: person.roles }),
};

/** Every claim that may appear, for `claims_supported`. */
export function supportedClaims(): string[] {
  const nobody: PersonFacts = { id: '', name: '', email: '', roles: [] };
  return ['sub', ...Object.values(CLAIMS_BY_SCOPE).flatMap((claims) => Object.keys(claims(nobody)))];
}

/** `sub`, and what the granted scopes open. */
export function personClaims(person: PersonFacts, scopes: readonly string[]): Record<string, unknown> {
  const opened = scopes.map((scope) => CLAIMS_BY_SCOPE[scope]?.(person) ?? {});
  return Object.assign({ sub: person.id }, ...opened);
}
