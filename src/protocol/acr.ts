/** `acr`: the authentication context class, derived from `amr` (OpenID Connect Core §2, RFC 8176). */
import { AMR_MULTI_FACTOR, AMR_PASSWORD, AMR_SECOND_FACTOR } from './amr.ts';

const hasMultipleFactors = (amr: readonly string[]): boolean => amr.includes(AMR_MULTI_FACTOR);

/** The strongest first. */
const CLASSES: readonly { acr: string; matches: (amr: readonly string[]) => boolean }[] = [
  // OpenID Connect Extended Authentication Profile ACR Values §2: phishing-resistant, a key bound to this origin.
  { acr: 'phr', matches: (amr) => ['hwk', 'swk', 'pop'].some((method) => amr.includes(method)) },
  // OpenID Provider Authentication Policy Extension 1.0 §4: more than one authentication factor.
  {
    acr: 'http://schemas.openid.net/pape/policies/2007/06/multi-factor',
    matches: hasMultipleFactors,
  },
  // REFEDS MFA Profile, which federations of universities ask for.
  { acr: 'https://refeds.org/profile/mfa', matches: hasMultipleFactors },
  // SAML 2.0 Authentication Context §3.4.2: a password over a protected session.
  {
    acr: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    matches: (amr) => amr.includes('pwd'),
  },
];

export const ACR_VALUES = CLASSES.map(({ acr }) => acr);

/**
 * The `acr` claim: the first requested class that the authentication satisfies (§5.5.1.1: it MUST match one of the
 * requested values), else the strongest. Undefined where no class applies, as after federated sign-in.
 */
export function acrOf(amr: readonly string[], requested: readonly string[]): string | undefined {
  const satisfied = CLASSES.filter(({ matches }) => matches(amr)).map(({ acr }) => acr);
  return requested.find((acr) => satisfied.includes(acr)) ?? satisfied[0];
}

/** @returns true if the authentication satisfies one of the required classes, or none is required. */
export function meetsAcr(amr: readonly string[], required: readonly string[]): boolean {
  return required.length === 0 || CLASSES.some(({ acr, matches }) => required.includes(acr) && matches(amr));
}

/** @returns true if a password is too little for the required classes, and a code beside it is enough. */
export const needsCode = (required: readonly string[]): boolean =>
  !meetsAcr(AMR_PASSWORD, required) && meetsAcr([...AMR_PASSWORD, ...AMR_SECOND_FACTOR], required);

/**
 * @returns true if a code is enough for a class that is preferred to those that the authentication satisfies.
 * @param requested in the order of preference (OpenID Connect Core §3.1.2.1, acr_values).
 */
export function prefersCode(amr: readonly string[], requested: readonly string[]): boolean {
  const preferred = requested.find((acr) => meetsAcr(amr, [acr]) || needsCode([acr]));
  return preferred !== undefined && !meetsAcr(amr, [preferred]);
}
