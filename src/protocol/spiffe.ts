/** SPIFFE IDs and bundles (SPIFFE-ID, SPIFFE Trust Domain and Bundle). */

const TRUST_DOMAIN = /^spiffe:\/\/[a-z0-9._-]{1,255}$/;

/** @returns true for the SPIFFE ID of a trust domain, which has no path. */
export const isTrustDomain = (text: string): boolean => TRUST_DOMAIN.test(text);

/** The trust domain of the SPIFFE ID of a workload; undefined for any other text. */
export function trustDomainOf(id: unknown): string | undefined {
  const domain = typeof id === 'string' ? /^(spiffe:\/\/[^/]*)\/./.exec(id)?.[1] : undefined;
  return domain !== undefined && isTrustDomain(domain) ? domain : undefined;
}

/** The keys of a bundle that sign JWT-SVIDs, as JWKs that sign (SPIFFE Bundle §4: `use` is the type of SVID). */
export const svidKeys = <Key extends { use?: unknown }>(keys: readonly Key[]): Key[] =>
  keys.filter(({ use }) => use === 'jwt-svid').map((key) => ({ ...key, use: 'sig' }));
