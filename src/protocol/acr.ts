/** `acr`: the class of a sign-in, read off how the person proved who they are (OpenID Connect Core §2, RFC 8176). */

/** The strongest first. */
const CLASSES: readonly { acr: string; is: (amr: readonly string[]) => boolean }[] = [
  // OpenID Connect Extended Authentication Profile ACR Values §2: phishing-resistant: a key that works here only.
  { acr: 'phr', is: (amr) => ['hwk', 'swk', 'pop'].some((method) => amr.includes(method)) },
  // SAML 2.0 Authentication Context §3.4.2: a password over a protected session.
  {
    acr: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    is: (amr) => amr.includes('pwd'),
  },
];

export const ACR_VALUES = CLASSES.map(({ acr }) => acr);

/**
 * The class to name: of those that the client wants the first that the sign-in is of (§5.5.1.1: it MUST match one of
 * the requested values), else the strongest. Undefined where nothing can be said, as after a sign-in elsewhere.
 */
export function acrOf(amr: readonly string[], wanted: readonly string[]): string | undefined {
  const met = CLASSES.filter(({ is }) => is(amr)).map(({ acr }) => acr);
  return wanted.find((acr) => met.includes(acr)) ?? met[0];
}

/** Whether the sign-in is of one of these classes; none named means any will do. */
export function meetsAcr(amr: readonly string[], needed: readonly string[]): boolean {
  return needed.length === 0 || CLASSES.some(({ acr, is }) => needed.includes(acr) && is(amr));
}
