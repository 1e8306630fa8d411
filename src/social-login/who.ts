/** Who somebody is at a provider: from its id_token, its userinfo, or a document of its own. */
import type { Party, PartyDeps } from '../client/party.ts';
import { hostOf } from '../client/party.ts';
import { ProviderFailure } from '../client/provider-failure.ts';
import type { Redeemed } from '../client/token-request.ts';
import { readAbout, readUserinfo } from '../client/userinfo.ts';
import { withSmallLetters } from '../protocol/email-address.ts';
import type { SocialLogin } from '../storage/social-logins.ts';
import { presetOf } from './presets/index.ts';
import type { Profile } from './presets/preset.ts';

/** Somebody whom the provider named, with an address where it told one. */
export type Somebody = Omit<Profile, 'subject' | 'refused'> & {
  /** Theirs at the provider, for ever. */
  subject: string;
  issuer: string;
  /** Whether the provider itself vouches for the address; else an administrator does (trust_email), or nobody. */
  isVouchedFor: boolean;
};

/** What is longer is no name. */
const LONGEST = { subject: 255, email: 254, name: 200, picture: 2000 };

/** @throws ProviderFailure in words for the person. */
export async function whoIs(
  deps: PartyDeps,
  login: SocialLogin,
  party: Party,
  { claims, tokens }: Redeemed,
  answer: URLSearchParams,
): Promise<Somebody> {
  const preset = presetOf(login.provider);
  const { userinfo_endpoint } = party.server;
  const isToldAll = preset.needsNoUserinfo || (claims?.email !== undefined && claims.email_verified !== undefined);
  const userinfo =
    claims && (isToldAll || !userinfo_endpoint) ? undefined : await readUserinfo(deps, party, tokens, claims?.sub);
  const emails = preset.emailsAt ? await readAbout(deps, party, tokens, preset.emailsAt) : undefined;
  const profile = preset.profileOf({ claims, userinfo, emails, answer, description: login.description });
  const { subject, refused } = profile;
  const host = hostOf(party);
  if (refused) throw new ProviderFailure('refused', `${host}: ${refused}`);
  if (subject === undefined || subject.length > LONGEST.subject)
    throw new ProviderFailure('unusable', `${host} did not say who you are there`);
  return { ...bounded(profile), subject, issuer: claims?.iss ?? party.server.issuer, ...vouched(login, profile) };
}

function vouched({ description }: SocialLogin, { emailVerified }: Profile) {
  return { isVouchedFor: emailVerified, emailVerified: emailVerified || description.trust_email };
}

function bounded({ email, name, givenName, familyName, picture, account }: Profile) {
  const cut = (text: string | undefined) => text?.slice(0, LONGEST.name);
  const isAddress = email !== undefined && email.length <= LONGEST.email && /^[^\s@]+@[^\s@]+$/.test(email);
  const isPicture = picture !== undefined && picture.length <= LONGEST.picture && /^https:\/\//.test(picture);
  return {
    ...{ name: cut(name), givenName: cut(givenName), familyName: cut(familyName) },
    email: isAddress ? withSmallLetters(email) : undefined,
    picture: isPicture ? picture : undefined,
    account: cut(isAddress ? email : account),
  };
}
