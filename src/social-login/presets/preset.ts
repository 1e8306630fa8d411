/** What is known of a provider before anybody types anything: where it is, what it takes, and how it says who somebody is. */
import type { Provider } from '../../client/providers/provider.ts';
import type { Endpoints } from '../../protocol/server-metadata.ts';
import type { SocialLoginDescription } from '../../protocol/social-login.ts';

/** What an administrator must say beside the client id. */
export type Need = 'issuer' | 'endpoints' | 'tenants' | 'team_id' | 'key_id';

type Claims = Readonly<Record<string, unknown>>;

/** Everything that a provider said about somebody. */
export type Said = {
  /** Of the id_token, verified. */
  claims: Claims | undefined;
  /** Of the userinfo endpoint. */
  userinfo: Claims | undefined;
  /** What stands at `emailsAt`. */
  emails: unknown;
  /** The parameters of the answer that the browser brought: nothing in them is proven. */
  answer: URLSearchParams;
  description: SocialLoginDescription;
};

export type Profile = {
  subject: string | undefined;
  email: string | undefined;
  /** Whether the provider vouches that they read mail there. */
  emailVerified: boolean;
  name?: string | undefined;
  givenName?: string | undefined;
  familyName?: string | undefined;
  picture?: string | undefined;
  /** What they are known by there, where they have no address. */
  account?: string | undefined;
  /** Why they may not sign in here, whoever they are. */
  refused?: string | undefined;
};

type Answering = 'conform' | 'ignoresIdToken' | 'scopeParameter' | 'authMethod' | 'scopes' | 'query' | 'endpoints';

export type Preset = Pick<Provider, 'title' | 'documentation' | 'read' | 'issuer' | Answering> & {
  needs?: readonly Need[];
  /** Where it is, where that depends on what an administrator says. */
  placeOf?: (description: SocialLoginDescription) => { issuer: string; metadataUrl: string } | undefined;
  /** Its endpoints, where they are known from its address without asking. */
  endpointsAt?: (issuer: string) => Partial<Endpoints>;
  /** Whether the id_token says all that there is. */
  needsNoUserinfo?: boolean;
  /** Another document about the person. */
  emailsAt?: string;
  /** Whether it knows `prompt` and `login_hint` (OpenID Connect Core §3.1.2.1). */
  takesHints?: boolean;
  profileOf: (said: Said) => Profile;
  /** The secret to send, where it is not what an administrator typed. */
  secretFor?: (given: {
    secret: string;
    clientId: string;
    description: SocialLoginDescription;
    now: number;
  }) => Promise<string>;
};

/** A text that is there. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** Ids are numbers in places. */
export const idOf = (value: unknown): string | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textOf(value);

/** Standard claims (OpenID Connect Core §5.1). Some providers send `email_verified` as a text. */
export function openidProfile({ claims, userinfo, description }: Said): Profile {
  const said = { ...userinfo, ...claims };
  // An address, and whether it is verified, by one and the same account of it.
  const address = [claims, userinfo].find((one) => textOf(one?.email) && one?.email_verified !== undefined) ?? said;
  const name =
    textOf(said.name) ?? ([textOf(said.given_name), textOf(said.family_name)].filter(Boolean).join(' ') || undefined);
  return {
    subject: idOf(said[description.user_id ?? 'sub']),
    email: textOf(address.email),
    emailVerified: address !== said && (address.email_verified === true || address.email_verified === 'true'),
    name,
    givenName: textOf(said.given_name),
    familyName: textOf(said.family_name),
    picture: textOf(said.picture),
    account: textOf(said.preferred_username) ?? name,
  };
}

/** What OpenID providers that describe themselves have in common. */
export const OPENID = {
  scopes: ['openid', 'email', 'profile'],
  takesHints: true,
  profileOf: openidProfile,
} as const satisfies Partial<Preset>;
