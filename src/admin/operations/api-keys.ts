/** The operations on API keys, for the API and the console. */
import type * as z from 'zod';
import { sha256 } from '../../crypto/digest.ts';
import { notifyOwner } from '../../http/account-notice.ts';
import { requestedPage } from '../../http/api/cursor.ts';
import type { Deps } from '../../http/context.ts';
import { apiKeyResponse, apiKeyScopes, newApiKeyResponse, parseApiKeyScope } from '../../protocol/api-key.ts';
import { newApiKeyId, newApiKeySecret, parseApiKeyId, parseUserId } from '../../protocol/credentials.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { apiKeyIsUnchanged } from '../../storage/database/precondition.ts';
import { KEY_SORTS, listKeys } from '../../storage/server/lists.ts';
import { createKey, revokeKey } from '../../storage/users/api-key-changes.ts';
import { type ApiKeyRow, findKey } from '../../storage/users/api-keys.ts';
import { findUser, isSubjectAllowed } from '../../storage/users/users.ts';
import { API_KEY } from '../records/api-key.ts';
import type { Acting } from './acting.ts';
import { bindRecord } from './record.ts';
import { requireSort, written } from './record-page.ts';

/** @throws OAuthError not_found for one that does not exist or is not valid any more. */
async function find({ databases, moment }: Deps, id: string): Promise<ApiKeyRow> {
  const keyId = parseApiKeyId(id);
  const key = keyId && (await findKey(databases, keyId, moment.now));
  if (!key) throw new OAuthError('not_found', 'there is no such API key.');
  return key;
}

/**
 * Creates an API key of a user, who is notified.
 * @returns the key, and its secret, of which only a hash is stored.
 * @throws OAuthError invalid_request, invalid_scope, conflict.
 */
async function issue({ deps, actor, creation }: Acting, request: z.infer<typeof API_KEY.create>) {
  const { databases, moment, settings } = deps;
  const userId = parseUserId(request.user);
  const user = userId && (await findUser(databases, userId));
  if (!user || !isSubjectAllowed(user)) {
    throw new OAuthError('invalid_request', 'user: there is no such user, or the user is disabled.');
  }
  const may = apiKeyScopes((await settings()).scopes_supported, user.roles).map((scope) => scope.name);
  const secret = newApiKeySecret(creation.secret);
  const key = {
    id: newApiKeyId(creation.id),
    userId: user.id,
    name: request.name,
    scopes: parseApiKeyScope(request.scope, may),
    expiresAt: moment.now + request.days * DAY,
  };
  const made = await createKey(databases, moment, actor, { ...key, secret });
  const checked = creation.check(made, ({ secretHash }) => secretHash === sha256(secret));
  if (!checked) throw new OAuthError('conflict', 'this user has too many API keys: revoke one first.');
  // Created again under the same idempotency key, the user was notified already.
  if (checked.createdAt === moment.now) notifyOwner(deps, user, 'key-created', request.name);
  const shown = newApiKeyResponse(checked, secret);
  return { row: checked, once: { secret: shown.secret, authorization: shown.authorization } };
}

export const API_KEYS = bindRecord(API_KEY, {
  find,
  show: (row) => apiKeyResponse(row),
  async list({ databases, moment }, { sort, descending, filters, ...page }) {
    const by = { sort: requireSort(KEY_SORTS, sort), descending, user: filters.user };
    return written(await listKeys(databases, by, moment.now, requestedPage(databases, page)));
  },
  sorts: KEY_SORTS,
  precondition: async (deps, id) => apiKeyIsUnchanged(await find(deps, id)),
  create: issue,
  actions: {
    async revoke({ deps: { databases, moment }, actor }, { id }) {
      if (!(await revokeKey(databases, moment, actor, { id }))) {
        throw new OAuthError('not_found', 'there is no such API key.');
      }
    },
  },
});
