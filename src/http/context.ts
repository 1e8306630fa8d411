/** The dependencies of a request: built once, so that nothing below a handler depends on Hono. */
import type { Context } from 'hono';
import type { Bindings, Config } from '../config.ts';
import type { Texts, Translation } from '../locales/en/index.ts';
import type { LanguageTag } from '../locales/languages.ts';
import type { Capabilities } from '../protocol/client-metadata.ts';
import type { ApiKeyId, SessionId } from '../protocol/credentials.ts';
import type { ResourceRegistry } from '../protocol/resource.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Databases } from '../storage/database/database.ts';
import type { ClientLocation } from '../storage/database/shard-names.ts';
import type { RequestClock } from '../storage/server/audit.ts';
import type { User } from '../storage/users/users.ts';
import type { RateLimits } from './rate-limits.ts';

export type Deps = {
  config: Config;
  databases: Databases;
  codes: KVNamespace;
  /** Fetched documents, keys and logos of other servers. */
  cache: KVNamespace;
  /** The binding that sends mail, if the deployment has one. */
  email: SendEmail | undefined;
  rateLimits: RateLimits;
  /** The request id and the time of the request, in milliseconds. */
  moment: RequestClock;
  /** The caller's network: an IPv4 address, or the /64 of an IPv6 one. */
  network: string;
  /** The network of one customer: an IPv4 address, or the /48 of an IPv6 one. Storage ceilings count it. */
  site: string;
  place: ClientLocation;
  /** The languages that the request prefers, for mails; none without a browser. */
  languages: () => Promise<readonly string[]>;
  /** The supported features, as metadata and registration publish them. */
  capabilities: Capabilities;
  settings: () => Promise<Settings>;
  /** The registered resources, from this isolate's cache or the nearest replica. */
  registry: () => Promise<ResourceRegistry>;
  /** The registered resources from the primary; `registry` returns the same from then on. */
  latestRegistry: () => Promise<ResourceRegistry>;
  /** Purges the stored metadata after the response: a setting or a resource has changed. */
  documentsChanged: () => void;
  /** Work that continues after the response; a failure is logged. */
  waitUntil: (what: string, work: Promise<unknown>) => void;
  /** The identity providers on the sign-in page. */
  signInMethods: () => Promise<SignInButton[]>;
  /** The sign-out at the identity provider that began a session, where there is one. */
  providerSignOut: (session: SessionOrigin, state?: string) => Promise<ProviderSignOut | undefined>;
  /** Sends, after the response, the logout tokens of these ended sessions (OpenID Connect Back-Channel Logout). */
  sessionsEnded: (ended: SessionId[]) => void;
};

/** The functions of upper folders that lower ones call, passed in by app.ts. */
export type AppHooks = {
  capabilitiesOf: (config: Config) => Capabilities;
  notifySessionsEnded: (deps: Deps, ended: SessionId[] | undefined) => Promise<void>;
  signInMethods: (deps: Deps) => Promise<SignInButton[]>;
  providerSignOut: (deps: Deps, session: SessionOrigin, state?: string) => Promise<ProviderSignOut | undefined>;
  languagesOf: (c: Context<Web>) => Promise<readonly string[]>;
};

/** The social login that a session began with; null for every other sign-in method. */
export type SessionOrigin = { loginId: string | null };

/** The address that signs a user out at an identity provider, and the provider's name. */
export type ProviderSignOut = { name: string; url: string };

/** A button of the sign-in page for an identity provider. */
export type SignInButton = {
  /** The path that its form posts to. */
  action: string;
  name: string;
  /** True where the provider returns `auth_time`, so that a new authentication can be required (`max_age`). */
  canReauthenticate: boolean;
};

export type LogFields = Record<string, unknown>;

export type Web = {
  Bindings: Bindings;
  Variables: {
    deps: Deps;
    /** The fields of this request's log line beside method, path and status. No secrets. */
    logFields: LogFields;
    /** The language of the page. */
    language: LanguageTag;
    /** The preferred language, with its texts where it is not English. */
    translation: { tag: LanguageTag; texts: Translation | undefined } | undefined;
    /** The texts of the console, in its app. */
    consoleTexts: Partial<Texts> | undefined;
    /** `ui_locales` of this authorization request. */
    uiLocales: string[] | undefined;
    /** The language that the signed-in user chose. */
    userLocale: string | null;
    /** Chooses the language again, once the user is known; set where pages are shown. */
    languageChoice: (() => Promise<void>) | undefined;
    /** The account pages of all folders, for the navigation. */
    accountLinks: readonly { section: string; href: string; roles?: readonly string[] }[];
    /** The allowed origins (CORS) of the authenticated client. */
    clientOrigins: string[];
    /** The principal of the access token or API key, set by the guard of a protected resource. */
    principal: RequestPrincipal;
    /** The access token of the form body (RFC 6750 §2.2), at resources that accept it. */
    bodyToken: string | undefined;
  };
};

/** The user of a request with an access token or an API key, and its scopes. */
export type RequestPrincipal = {
  user: User;
  scopes: string[];
  /** Seconds. */
  expiresAt: number;
} & ({ by: 'token'; clientId: string; claims: readonly string[] } | { by: 'api-key'; keyId: ApiKeyId });

/** The actor in the audit log. */
export const auditActor = (principal: RequestPrincipal): string =>
  principal.by === 'api-key' ? `api-key:${principal.keyId}` : `user:${principal.user.id}`;
