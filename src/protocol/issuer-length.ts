/** Characters of the issuer of JWTs that an administrator sets; a longer one is of no record. */
export const MAX_ISSUER_LENGTH = 500;
