/** Scopes: those of the server itself, parsing, and the rule that filters requested ones (RFC 6749 §3.3). */
import { scopesTexts as english } from '../locales/en/scopes.ts';
import type { Texts } from '../locales/index.ts';
import { OAuthError } from './oauth-error.ts';
import {
  ADMIN_SCOPE,
  API_KEYS_SCOPE,
  CONNECTIONS_SCOPE,
  EMAIL_SCOPE,
  GRANTS_SCOPE,
  OFFLINE_ACCESS,
  OPENID_SCOPE,
  PROFILE_SCOPE,
  ROLES_SCOPE,
} from './scope-names.ts';
import { isKeyOf } from './table.ts';

export type Scope = {
  name: string;
  /** The text of the consent page: the server's in English, or the administrator's. */
  description: string;
  /** True if a user can deselect it on the consent page. */
  optional: boolean;
  /** True if metadata lists it. Few are listed: clients request every scope that they find there. */
  listed: boolean;
};

/** The scopes of the server itself. */
export const SERVER_SCOPES: readonly Scope[] = [
  { name: OPENID_SCOPE, description: english.openid, optional: false, listed: true },
  { name: PROFILE_SCOPE, description: english.profile, optional: true, listed: true },
  { name: EMAIL_SCOPE, description: english.email, optional: true, listed: true },
  { name: ROLES_SCOPE, description: english.roles, optional: true, listed: true },
  { name: OFFLINE_ACCESS, description: english.offline_access, optional: true, listed: true },
  { name: GRANTS_SCOPE, description: english.grants, optional: true, listed: false },
  { name: API_KEYS_SCOPE, description: english.api_keys, optional: true, listed: false },
  { name: CONNECTIONS_SCOPE, description: english.connections, optional: true, listed: false },
  { name: ADMIN_SCOPE, description: english.admin, optional: false, listed: false },
];

/** The text of a scope in the page's language, a sentence also where the administrator wrote none for it. */
export function describeScope({ name, description }: Scope, texts: Texts['scopes']): string {
  const isOfServer = SERVER_SCOPES.some((scope) => scope.name === name);
  if (isOfServer && isKeyOf(texts, name) && name !== 'unnamed') return texts[name];
  return description === name ? texts.unnamed(name) : description;
}

/** The role that administrates this server; the scope `admin` also needs it. */
export const ADMINISTRATOR_ROLE = 'administrator';
/** The role that reads everything that administrators see, and changes nothing. */
export const AUDITOR_ROLE = 'auditor';

/** The roles with read access to the console and the admin API. */
export const READER_ROLES = [ADMINISTRATOR_ROLE, AUDITOR_ROLE] as const;

/** @returns true for roles with read access to the records of all users. */
export const hasReaderRole = (roles: readonly string[]): boolean => READER_ROLES.some((role) => roles.includes(role));

/** RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ). */
export const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * The scope names of a `scope` parameter, each once, in order.
 * @throws OAuthError invalid_scope for what RFC 6749 §3.3 does not allow.
 */
export function parseScope(text: string): string[] {
  const names = text.split(' ').filter((name) => name !== '');
  if (names.some((name) => !SCOPE_TOKEN.test(name))) {
    throw new OAuthError('invalid_scope', 'scope holds a character that a scope cannot have (RFC 6749 section 3.3).');
  }
  return [...new Set(names)];
}

/** The conditions that filter the scopes of a request. */
export type ScopeRule = {
  /** The scopes that exist at the resource, are allowed for the client, and are part of the grant, if any. */
  within: readonly string[];
  /** The scopes of a request without `scope`. */
  omitted: readonly string[];
  /** The result where no requested scope is left: as if `scope` was omitted, or invalid_scope. */
  noneLeft: 'omitted' | 'refused';
};

/**
 * The only rule for scopes (RFC 6749 §3.3): those unknown at the resource, not allowed for the client or beyond the
 * grant are dropped. The response always has `scope`.
 * @throws OAuthError invalid_scope
 */
export function filterScopes(requested: string | undefined, { within, omitted, noneLeft }: ScopeRule): string[] {
  const names = parseScope(requested ?? '');
  const allowed = names.filter((name) => within.includes(name));
  if (allowed.length > 0) return allowed;
  if (names.length === 0 || noneLeft === 'omitted') return omitted.filter((name) => within.includes(name));
  throw noScopeLeft();
}

/** RFC 6749 §5.2: the requested scope is invalid, unknown, or exceeds the scope granted. */
export const noScopeLeft = () =>
  new OAuthError(
    'invalid_scope',
    'none of the requested scopes exists at the resource and is allowed for this client.',
  );
