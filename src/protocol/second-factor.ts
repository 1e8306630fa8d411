/** The second factor of a sign-in: the sessions that have one, and the users who need one. */
import { AMR_MULTI_FACTOR, AMR_REMEMBERED_BROWSER } from './amr.ts';
import { linesIn } from './lines.ts';

/** True for an authentication with two factors, or with a passkey that verified its user. */
export const hasSecondFactor = (amr: readonly string[]): boolean => amr.includes(AMR_MULTI_FACTOR);

/** True where a remembered browser stood for the second factor. No fresh authentication: the code was entered days ago. */
export const isOfRememberedBrowser = (amr: readonly string[]): boolean => amr.includes(AMR_REMEMBERED_BROWSER);

/**
 * True for an authentication that is enough where the roles of a user or a client require a second factor. Where a class of
 * more than one factor or a fresh authentication is requested, `hasSecondFactor` decides.
 */
export const meetsFactorPolicy = (amr: readonly string[]): boolean =>
  hasSecondFactor(amr) || isOfRememberedBrowser(amr);

/** The attributes of a user that decide about the second factor. */
export type FactorUser = {
  /** Time at which the user set up a second factor; null without one. */
  secondFactorAt: number | null;
  roles: readonly string[];
};

/** The line of the setting that stands for every user. */
const EVERY_USER = '*';

type FactorPolicy = { second_factor_roles: string };

/** The problem with a line of the setting; undefined for a role, or `*`. */
export const factorRoleProblem = (entry: string): string | undefined =>
  entry === EVERY_USER || /^[a-z][a-z0-9._-]{0,63}$/.test(entry)
    ? undefined
    : 'must be a role, in lower-case letters, digits, dots and dashes, or *';

/** True where the setting requires a second factor of users with these roles. */
export const rolesNeedSecondFactor = (roles: readonly string[], { second_factor_roles }: FactorPolicy): boolean =>
  second_factor_roles !== '' &&
  linesIn(second_factor_roles).some(({ text }) => text === EVERY_USER || roles.includes(text));

/** True for a user whose sessions need a second factor: one who has it, or whose roles require it. */
export const needsSecondFactor = ({ secondFactorAt, roles }: FactorUser, settings: FactorPolicy): boolean =>
  secondFactorAt !== null || rolesNeedSecondFactor(roles, settings);

/** The address that an authenticator app reads from a QR code (Key Uri Format): issuer, account and secret. */
export function authenticatorUri(issuer: string, account: string, secret: string): string {
  // A colon separates the issuer from the account.
  const label = [issuer, account].map((part) => encodeURIComponent(part.replaceAll(':', ' '))).join(':');
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}
