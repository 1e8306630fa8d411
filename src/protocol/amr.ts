/** `amr`: the authentication methods of a sign-in, by the names of RFC 8176 §2. `acr.ts` derives the class. */

export const AMR_PASSWORD: readonly string[] = ['pwd'];

/** A single-use link, which RFC 8176 calls a one-time password. No `acr` follows from it. */
export const AMR_ONE_TIME_LINK: readonly string[] = ['otp'];

/** More than one factor. */
export const AMR_MULTI_FACTOR = 'mfa';

/** A one-time password of an authenticator app or a recovery code, beside another method. */
export const AMR_SECOND_FACTOR: readonly string[] = ['otp', AMR_MULTI_FACTOR];

/**
 * In place of a second factor: the browser is remembered since one was shown in it. Only sessions and grants have it, to be
 * compared with what roles and clients require: no client is told it, and no `acr` follows from it.
 */
export const AMR_REMEMBERED_BROWSER = 'remembered';

/** The methods of a sign-in whose second factor is shown now. */
export const withSecondFactor = (amr: readonly string[]): string[] => [
  ...new Set([...amrClaim(amr), ...AMR_SECOND_FACTOR]),
];

/** The `amr` claim: what happened at this sign-in. */
export const amrClaim = (amr: readonly string[]): string[] => amr.filter((method) => method !== AMR_REMEMBERED_BROWSER);

/** Federated sign-in with an identity provider: `fed` is common, RFC 8176 has no name. No `acr` follows from it. */
export const AMR_FEDERATED: readonly string[] = ['fed'];

/** The methods of a passkey assertion, by its authenticator flags (WebAuthn §6.1). */
const PASSKEY_METHODS: readonly { method: string; applies: (flags: AuthenticatorFlags) => boolean }[] = [
  // A key that cannot leave its device is hardware-secured; a synced one is not.
  { method: 'hwk', applies: ({ synced }) => !synced },
  { method: 'swk', applies: ({ synced }) => synced },
  // UP: user presence.
  { method: 'user', applies: () => true },
  // UV: user verification by PIN or biometrics, beside possession of the key.
  { method: AMR_MULTI_FACTOR, applies: ({ verified }) => verified },
];

export type AuthenticatorFlags = { synced: boolean; verified: boolean };

/** The `amr` of a sign-in with a passkey. */
export function amrOfPasskey(flags: AuthenticatorFlags): string[] {
  return PASSKEY_METHODS.filter(({ applies }) => applies(flags)).map(({ method }) => method);
}
