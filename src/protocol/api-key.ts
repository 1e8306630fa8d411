/** API keys: their requests, responses, and allowed scopes. */
import * as z from 'zod';
import { knownScopes } from './configured-scopes.ts';
import { OAuthError } from './oauth-error.ts';
import { PlainText } from './plain-text.ts';
import { hasReaderRole, parseScope, type Scope } from './scope.ts';
import { ADMIN_SCOPE, API_KEYS_SCOPE, OFFLINE_ACCESS, OPENID_SCOPE } from './scope-names.ts';

const days = z.number().int().min(1).max(365).default(90).describe('Lifetime in days. Every API key expires.');

export const NewApiKeyRequest = z.strictObject({
  name: PlainText.trim().min(1).max(200).describe('The purpose of the key.'),
  scope: z.string().max(2000).describe('Scopes of the key, separated by spaces.'),
  days,
});

export const RotateApiKeyRequest = z.strictObject({ days });

const time = (description: string) => z.iso.datetime().describe(description);

export const ApiKeySchema = z.strictObject({
  id: z.string().describe('The public part of the key.'),
  user: z.string().describe('The id of the user that the key acts for.'),
  name: z.string(),
  scope: z.string().describe('Scopes of the key, separated by spaces.'),
  created_at: time('Time of creation.'),
  expires_at: time('Time of expiry.'),
  last_used_at: time('Time of the last use, to the minute.').nullable(),
});
export const NewApiKeySchema = z.strictObject({
  ...ApiKeySchema.shape,
  secret: z.string().describe('The secret part of the key, shown only in this response.'),
  authorization: z.string().describe('The value of the Authorization header for this key.'),
});
export const ApiKeyListSchema = z.strictObject({ api_keys: z.array(ApiKeySchema) });

type Row = {
  id: string;
  userId: string;
  name: string;
  scopes: string[];
  createdAt: number;
  expiresAt: number;
  lastUsedAt: number | null;
};

/** The API's form of a key, without its secret hash. Times of rows are in milliseconds. */
export function apiKeyResponse(row: Row): z.infer<typeof ApiKeySchema> {
  const iso = (time: number) => new Date(time).toISOString();
  return {
    id: row.id,
    user: row.userId,
    name: row.name,
    scope: row.scopes.join(' '),
    created_at: iso(row.createdAt),
    expires_at: iso(row.expiresAt),
    last_used_at: row.lastUsedAt === null ? null : iso(row.lastUsedAt),
  };
}

export const newApiKeyResponse = (row: Row, secret: string): z.infer<typeof NewApiKeySchema> => ({
  ...apiKeyResponse(row),
  secret,
  authorization: `token ${row.id}:${secret}`,
});

/** Scopes without meaning for a key, and `api_keys`: a key that creates keys would never expire. */
const EXCLUDED_SCOPES: readonly string[] = [OPENID_SCOPE, OFFLINE_ACCESS, API_KEYS_SCOPE];

/** @returns true if an API key can have the scope. */
export const isApiKeyScope = (scope: string): boolean => !EXCLUDED_SCOPES.includes(scope);

/** The scopes that a user's keys can have; `admin` only with the role administrator or auditor. */
export function apiKeyScopes(scopeLines: string, roles: readonly string[]): Scope[] {
  return knownScopes(scopeLines).filter(
    ({ name }) => isApiKeyScope(name) && (name !== ADMIN_SCOPE || hasReaderRole(roles)),
  );
}

/**
 * Parses the scopes of a new key.
 * @throws OAuthError invalid_scope for an empty list, or a scope that is not allowed.
 */
export function parseApiKeyScope(text: string, allowed: readonly string[]): string[] {
  const scopes = parseScope(text);
  const excess = scopes.find((scope) => !allowed.includes(scope));
  if (excess !== undefined) throw new OAuthError('invalid_scope', `this key cannot have the scope ${excess}.`);
  if (scopes.length === 0) throw new OAuthError('invalid_scope', 'a key needs at least one scope.');
  return scopes;
}
