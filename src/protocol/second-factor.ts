/** The second factor of a sign-in: the sessions that have one, and the users who need one. */
import { AMR_MULTI_FACTOR } from './amr.ts';

/** True for an authentication with two factors, or with a passkey that verified its user. */
export const hasSecondFactor = (amr: readonly string[]): boolean => amr.includes(AMR_MULTI_FACTOR);

/** The attributes of a user that decide about the second factor. */
export type FactorUser = {
  /** Time at which the user set up a second factor; null without one. */
  secondFactorAt: number | null;
};

/** True for a user whose sessions need a second factor. */
export const needsSecondFactor = ({ secondFactorAt }: FactorUser): boolean => secondFactorAt !== null;

/** The address that an authenticator app reads from a QR code (Key Uri Format): issuer, account and secret. */
export function authenticatorUri(issuer: string, account: string, secret: string): string {
  // A colon separates the issuer from the account.
  const label = [issuer, account].map((part) => encodeURIComponent(part.replaceAll(':', ' '))).join(':');
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}
