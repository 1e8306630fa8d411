/** The type of a provider's definition: the defaults of its connected apps and social logins. */
import type { ClientAuthMethod } from '../protocol/authentication-method.ts';
import type { ConnectedAppDescription } from '../protocol/connected-app.ts';
import type { Endpoints } from '../protocol/server-metadata.ts';
import type { SocialLoginDescription } from '../protocol/social-login.ts';
import type { Profile, UserInformation } from './profile.ts';

export type Provider = {
  /** The display name. */
  title: string;
  /** The path of its logo below `public`: from Simple Icons (CC0), which leaves out those whose owners asked for it. */
  logo?: string;
  /** The provider's documentation that this definition follows, and the day on which it was read. */
  documentation: string;
  readOn: string;
  /** The page of the provider on which an administrator creates a client, by the issuer where that decides. */
  clientsPage?: string | ((issuer: string) => string);
  issuer?: string;
  endpoints?: Partial<Endpoints>;
  /** Its endpoints by issuer, for one that publishes no metadata. */
  endpointsAt?: (issuer: string) => Partial<Endpoints>;
  authMethod?: ClientAuthMethod;
  /** True where a server without PKCE in its metadata is refused. */
  requiresPkce?: boolean;
  /** The name of the parameter that carries the scopes, where it is not `scope`. */
  scopeParameter?: string;
  /** Converts an answer of the token endpoint to RFC 6749 §5. */
  conform?: (answer: TokenAnswer) => TokenAnswer;
  /** True where its id_tokens cannot be verified and are ignored. */
  ignoresIdToken?: boolean;
  /** The request that revokes a token where there is no endpoint of RFC 7009. */
  revocation?: (clientId: string, secret: string, token: string) => RevocationCall;
  /** Left out where it is no template of connected apps. */
  connectedApp?: ConnectedAppUse;
  /** Left out where it is no provider of social logins. */
  socialLogin?: SocialLoginUse;
};

/** The provider as the template of a connected app. */
export type ConnectedAppUse = {
  scopes: readonly string[];
  query?: Readonly<Record<string, string>>;
  /** The addresses that its tokens may be sent to. */
  api: readonly string[];
  /** True where its API stands below the issuer. */
  apiIsIssuer?: boolean;
  /** The fields that an administrator must fill in beside the client id. */
  requires?: readonly (keyof ConnectedAppDescription & ('issuer' | 'resource'))[];
};

/** A field of a social login that a provider needs beside the client id. */
export type Requirement = 'issuer' | 'endpoints' | 'tenants' | 'team_id' | 'key_id';

/** The provider as one of social login. */
export type SocialLoginUse = {
  scopes: readonly string[];
  query?: Readonly<Record<string, string>>;
  requires?: readonly Requirement[];
  /** Issuer and metadata, where they depend on other fields than the issuer. */
  tenantServerOf?: (description: SocialLoginDescription) => { issuer: string; metadataUrl: string } | undefined;
  /** True where the id_token holds all claims. */
  hasAllClaimsInIdToken?: boolean;
  /** A further document about the user: the list of e-mail addresses. */
  emailsAt?: string;
  /** True where it supports `prompt` and `login_hint` (OpenID Connect Core §3.1.2.1). */
  acceptsHints?: boolean;
  profileOf: (information: UserInformation) => Profile;
  /** The secret to send, where it is derived from the configured one. */
  secretFor?: (given: {
    secret: string;
    clientId: string;
    description: SocialLoginDescription;
    now: number;
  }) => Promise<string>;
};

export type TokenAnswer = { status: number; body: Record<string, unknown> };
export type RevocationCall = { url: string; method: string; headers: Record<string, string>; body: string };
