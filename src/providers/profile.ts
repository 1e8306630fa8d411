/** The profile of a user, read from a provider's claims (OpenID Connect Core §5.1). */
import { claimAt } from '../protocol/claim-path.ts';
import { EMAIL_SCOPE, OPENID_SCOPE, PROFILE_SCOPE } from '../protocol/scope-names.ts';
import type { SocialLoginDescription } from '../protocol/social-login.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Everything that a provider returned about a user. */
export type UserInformation = {
  /** Of the id_token, verified. */
  claims: Claims | undefined;
  /** Of the userinfo endpoint. */
  userinfo: Claims | undefined;
  /** The document at `emailsAt`. */
  emails: unknown;
  /** The parameters of the authorization response: they come through the browser and are not verified. */
  answer: URLSearchParams;
  description: SocialLoginDescription;
};

export type Profile = {
  subject: string | undefined;
  email: string | undefined;
  /** True where the provider has verified the address. */
  emailVerified: boolean;
  name?: string | undefined;
  givenName?: string | undefined;
  familyName?: string | undefined;
  picture?: string | undefined;
  /** The account's name there, for a user without an address. */
  account?: string | undefined;
  /** The reason why the user may not sign in here. */
  refused?: string | undefined;
};

/** A text that is not empty. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** An identifier, which is a number in places. */
export const identifierOf = (value: unknown): string | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textOf(value);

/** Standard claims (OpenID Connect Core §5.1). Some providers send `email_verified` as a text. */
export function openidProfile({ claims, userinfo, description }: UserInformation): Profile {
  const merged = { ...userinfo, ...claims };
  // The address and email_verified from the same source.
  const address = [claims, userinfo].find((one) => textOf(one?.email) && one?.email_verified !== undefined) ?? merged;
  const { user_id = 'sub', email_claim, name_claim } = description;
  const name =
    textOf(name_claim === undefined ? merged.name : claimAt(merged, name_claim)) ??
    ([textOf(merged.given_name), textOf(merged.family_name)].filter(Boolean).join(' ') || undefined);
  return {
    subject: identifierOf(claimAt(merged, user_id)),
    email: textOf(email_claim === undefined ? address.email : claimAt(merged, email_claim)),
    // Nothing says whether an address from another claim is verified.
    emailVerified:
      email_claim === undefined &&
      address !== merged &&
      (address.email_verified === true || address.email_verified === 'true'),
    name,
    givenName: textOf(merged.given_name),
    familyName: textOf(merged.family_name),
    picture: textOf(merged.picture),
    account: textOf(merged.preferred_username) ?? name,
  };
}

/** The social login of OpenID providers that publish metadata. */
export const OPENID = {
  scopes: [OPENID_SCOPE, EMAIL_SCOPE, PROFILE_SCOPE],
  acceptsHints: true,
  profileOf: openidProfile,
} as const;
