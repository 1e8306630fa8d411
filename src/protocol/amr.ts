/** `amr`: how somebody proved who they are, in the words of RFC 8176 §2. What follows for `acr` is in its own table. */

export const BY_PASSWORD: readonly string[] = ['pwd'];

/** By a link that was good once: to RFC 8176 a one-time secret like any other. No `acr` follows from it. */
export const BY_LINK: readonly string[] = ['otp'];

/**
 * By a provider elsewhere: how it convinced itself is its own affair. RFC 8176 has no word for it; `fed` is what others
 * say, and no `acr` follows from it.
 */
export const BY_PROVIDER: readonly string[] = ['fed'];

/** What a passkey's answer shows (WebAuthn §6.1), and what it is called. */
const PASSKEY_METHODS: readonly { method: string; shown: (by: PasskeyProof) => boolean }[] = [
  // A key that cannot leave its device is hardware-secured; one that is copied between devices cannot be called that.
  { method: 'hwk', shown: ({ synced }) => !synced },
  { method: 'swk', shown: ({ synced }) => synced },
  // UP: the person was there.
  { method: 'user', shown: () => true },
  // UV: the device checked a PIN, finger or face, and does not say which: possession and something else.
  { method: 'mfa', shown: ({ verified }) => verified },
];

export type PasskeyProof = { synced: boolean; verified: boolean };

export function amrOfPasskey(proof: PasskeyProof): string[] {
  return PASSKEY_METHODS.filter(({ shown }) => shown(proof)).map(({ method }) => method);
}
