/** Scopes: the server's own, and how a space-separated list is read (RFC 6749 §3.3). */
import { scopes as english } from '../words/en/scopes.ts';
import type { Words } from '../words/index.ts';
import { OAuthError } from './oauth-error.ts';

export type Scope = {
  name: string;
  /** What a person reads on the consent page: the server's words in English, or the operator's own. */
  description: string;
  /** Whether a person may leave it out and still go on. */
  optional: boolean;
  /** Whether metadata shows it. Lean on purpose: clients ask for whatever they find there. */
  listed: boolean;
};

/** Scopes of the server itself. They are never foreign to a resource. */
export const SERVER_SCOPES: readonly Scope[] = [
  { name: 'openid', description: english.openid, optional: false, listed: true },
  { name: 'profile', description: english.profile, optional: true, listed: true },
  { name: 'email', description: english.email, optional: true, listed: true },
  { name: 'roles', description: english.roles, optional: true, listed: true },
  { name: 'offline_access', description: english.offline_access, optional: true, listed: true },
  { name: 'grants', description: english.grants, optional: true, listed: false },
  { name: 'api_keys', description: english.api_keys, optional: true, listed: false },
  { name: 'connections', description: english.connections, optional: true, listed: false },
  { name: 'admin', description: english.admin, optional: false, listed: false },
];

/** What the scope means, in the words of a page; the operator's own are in the operator's language. */
export function describeScope({ name, description }: Scope, called: Words['scopes']): string {
  return SERVER_SCOPES.some((scope) => scope.name === name)
    ? (called[name as keyof typeof called] ?? description)
    : description;
}

/** The scope of the admin API: only clients that an administrator made may ask for it. */
export const ADMIN_SCOPE = 'admin';

/** The roles of people who run this server: beside the scope, one of them is needed. */
export const ADMINISTRATOR = 'administrator';
/** Reads everything that administrators see, and changes nothing. */
export const AUDITOR = 'auditor';

/** Who may read what the server keeps; whoever may change it is an administrator. */
export const READERS = [ADMINISTRATOR, AUDITOR] as const;

/** Whether these roles of a person let them see what belongs to others. */
export const mayRead = (roles: readonly string[]): boolean => READERS.some((role) => roles.includes(role));

/** The scopes of a person's own applications and keys, at `/api/me`: asked for only by clients that an administrator made. */
export const GRANTS_SCOPE = 'grants';
export const API_KEYS_SCOPE = 'api_keys';
/** And of one's accounts elsewhere. */
export const CONNECTIONS_SCOPE = 'connections';

/** Tolerated everywhere: it asks for nothing that the grant does not decide (OpenID Connect Core §11). */
export const OFFLINE_ACCESS = 'offline_access';

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

/**
 * The scopes that an operator lists in the settings, one on a line: the name, then, after a space, what a person
 * reads on the consent page.
 */
export function parseScopeLines(text: string): Scope[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', ...words] = line.split(/\s+/);
      return { name, description: words.join(' ') || name, optional: true, listed: true };
    });
}

/** Every scope that exists here: the server's own and those of the settings. */
export function knownScopes(scopeLines: string): Scope[] {
  const own = new Set(SERVER_SCOPES.map((scope) => scope.name));
  return [...SERVER_SCOPES, ...parseScopeLines(scopeLines).filter((scope) => !own.has(scope.name))];
}
