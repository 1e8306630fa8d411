/** The cost of hashing a password by scrypt (OWASP: N=2^14, r=8, p=5 takes 16 MB), sized for an isolate of 128 MB. */
export const COST = { N: 2 ** 14, r: 8, p: 5, maxmem: 64 * 1024 * 1024 };
