/** API keys: what one is made with, which scopes it may hold, and how it is shown. */
import * as z from 'zod';
import { OAuthError } from './oauth-error.ts';
import { ADMIN_SCOPE, API_KEYS_SCOPE, knownScopes, mayRead, OFFLINE_ACCESS, parseScope, type Scope } from './scope.ts';

const days = z
  .number()
  .int()
  .min(1)
  .max(365)
  .default(90)
  .describe('How long it is good. A key without an end would be forgotten, and found by somebody else.');

export const NewApiKeyRequest = z.strictObject({
  name: z.string().trim().min(1).max(200).describe('What it is for.'),
  scope: z.string().max(2000).describe('What it may do: scopes, joined by spaces.'),
  days,
});

export const RotateApiKeyRequest = z.strictObject({ days });

const time = (what: string) => z.iso.datetime().describe(what);

export const ApiKey = z.strictObject({
  id: z.string().describe('The half of it that may be seen.'),
  person: z.string().describe('The id of the person as whom it acts.'),
  name: z.string(),
  scope: z.string().describe('What it may do.'),
  created_at: time('When it was made.'),
  expires_at: time('When it ends by itself.'),
  last_used_at: time('When it was used last, to the minute.').nullable(),
});
export const NewApiKey = z.strictObject({
  ...ApiKey.shape,
  secret: z.string().describe('The other half. Shown this once.'),
  authorization: z.string().describe('The Authorization header that uses it.'),
});
export const ApiKeyList = z.strictObject({ api_keys: z.array(ApiKey) });

type Row = {
  id: string;
  personId: string;
  name: string;
  scopes: string[];
  createdAt: number;
  expiresAt: number;
  lastUsedAt: number | null;
};

/** Never the hash of its secret. Times of rows are in milliseconds. */
export function showApiKey(row: Row): z.infer<typeof ApiKey> {
  const iso = (at: number) => new Date(at).toISOString();
  return {
    ...{ id: row.id, person: row.personId, name: row.name, scope: row.scopes.join(' ') },
    ...{ created_at: iso(row.createdAt), expires_at: iso(row.expiresAt) },
    last_used_at: row.lastUsedAt === null ? null : iso(row.lastUsedAt),
  };
}

export const showNewApiKey = (row: Row, secret: string): z.infer<typeof NewApiKey> => ({
  ...{ ...showApiKey(row), secret },
  authorization: `token ${row.id}:${secret}`,
});

/**
 * Scopes that mean nothing for a key, or would let it outlive its end: `openid` and `offline_access` are about signing
 * in, and a key that makes keys could renew itself for ever.
 */
const NOT_FOR_KEYS: readonly string[] = ['openid', OFFLINE_ACCESS, API_KEYS_SCOPE];

/** Whether a key may hold the scope at all. */
export const keyMayHold = (scope: string): boolean => !NOT_FOR_KEYS.includes(scope);

/** What a key of this person may hold; `admin` only for somebody whose roles open what it is for. */
export function scopesForKeys(scopeLines: string, roles: readonly string[]): Scope[] {
  return knownScopes(scopeLines).filter(({ name }) => keyMayHold(name) && (name !== ADMIN_SCOPE || mayRead(roles)));
}

/** @throws OAuthError invalid_scope for none, or one beyond `may`. */
export function parseKeyScope(text: string, may: readonly string[]): string[] {
  const scopes = parseScope(text);
  const beyond = scopes.find((scope) => !may.includes(scope));
  if (beyond !== undefined) throw new OAuthError('invalid_scope', `this key cannot have the scope ${beyond}.`);
  if (scopes.length === 0) throw new OAuthError('invalid_scope', 'a key needs at least one scope.');
  return scopes;
}
