/**
 * The cost of password hashes in tests inside workerd, which replaces src/crypto/password-cost.ts: hundreds sign in.
 */
export const COST = { N: 2 ** 4, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
