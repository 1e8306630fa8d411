/** The user's profile at a provider: from its id_token, its userinfo, or a document of its own. */

import type { CodeExchangeResult } from '../oauth-client/code-exchange.ts';
import type { ProviderClient, ProviderClientDeps } from '../oauth-client/provider-client.ts';
import { providerHost } from '../oauth-client/provider-client.ts';
import { ProviderFailure } from '../oauth-client/provider-failure.ts';
import { readUserDocument, readUserinfo } from '../oauth-client/userinfo.ts';
import { claimAt } from '../protocol/claim-path.ts';
import { stripControlCharacters } from '../protocol/control-characters.ts';
import { lowercaseEmail } from '../protocol/email-address.ts';
import { identityProviderOf } from '../providers/index.ts';
import type { Profile } from '../providers/profile.ts';
import type { SocialLogin } from '../storage/providers/social-logins.ts';
import type { MappedRoles } from '../storage/users/user-changes.ts';
import { rolesIn } from './roles.ts';

/** The profile that a provider gave of a user, with an e-mail address where it has one. */
export type ProviderProfile = Omit<Profile, 'subject' | 'refused'> & {
  /** The identifier at the provider, which never changes. */
  subject: string;
  issuer: string;
  /** True where the provider verified the address; otherwise `emailVerified` is true only by the setting trust_email. */
  emailVerifiedByProvider: boolean;
  /** The roles that the provider's claim maps to, where one is configured. */
  mappedRoles: MappedRoles | undefined;
};

/** Characters. */
const MAX_LENGTHS = { subject: 255, email: 254, name: 200, picture: 2000 };

/** The profile of the user who signed in. @throws ProviderFailure with a message for the user. */
export async function readProfile(
  deps: ProviderClientDeps,
  login: SocialLogin,
  client: ProviderClient,
  { claims, tokens }: CodeExchangeResult,
  answer: URLSearchParams,
): Promise<ProviderProfile> {
  const { socialLogin: use } = identityProviderOf(login.provider);
  const { userinfo_endpoint } = client.server;
  const { roles_claim, user_id, email_claim, name_claim } = login.description;
  const mappedClaims = [roles_claim, user_id, email_claim, name_claim];
  const hasMappedClaims = mappedClaims.every((path) => path === undefined || claimAt(claims, path) !== undefined);
  const hasAllClaims =
    hasMappedClaims &&
    (use.hasAllClaimsInIdToken || (claims?.email !== undefined && claims.email_verified !== undefined));
  const userinfo =
    claims && (hasAllClaims || !userinfo_endpoint) ? undefined : await readUserinfo(deps, client, tokens, claims?.sub);
  const emails = use.emailsAt ? await readUserDocument(deps, client, tokens, use.emailsAt) : undefined;
  const profile = use.profileOf({ claims, userinfo, emails, answer, description: login.description });
  const { subject, refused } = profile;
  const host = providerHost(client);
  if (refused) throw new ProviderFailure('refused', `${host}: ${refused}`);
  if (subject === undefined || subject.length > MAX_LENGTHS.subject)
    throw new ProviderFailure('unusable', `${host} did not say who you are there`);
  const issuer = claims?.iss ?? client.server.issuer;
  const mappedRoles = rolesIn(login.description, claims, userinfo);
  return { ...boundedProfile(profile), subject, issuer, mappedRoles, ...emailVerification(login, profile) };
}

function emailVerification({ description }: SocialLogin, { emailVerified }: Profile) {
  return { emailVerifiedByProvider: emailVerified, emailVerified: emailVerified || description.trust_email };
}

function boundedProfile({ email, name, givenName, familyName, picture, account }: Profile) {
  const cut = (text: string | undefined) =>
    text === undefined ? undefined : stripControlCharacters(text).slice(0, MAX_LENGTHS.name);
  const isAddress = email !== undefined && email.length <= MAX_LENGTHS.email && /^[^\s@]+@[^\s@]+$/.test(email);
  const isPicture = picture !== undefined && picture.length <= MAX_LENGTHS.picture && /^https:\/\//.test(picture);
  return {
    name: cut(name),
    givenName: cut(givenName),
    familyName: cut(familyName),
    email: isAddress ? lowercaseEmail(email) : undefined,
    picture: isPicture ? picture : undefined,
    account: cut(isAddress ? email : account),
  };
}
