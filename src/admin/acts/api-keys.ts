/** What an administrator does to API keys: the same for the API, and so the command, and for the console. */
import type * as z from 'zod';
import { sha256 } from '../../crypto/digest.ts';
import { parseKeyScope, scopesForKeys } from '../../protocol/api-key.ts';
import { type ApiKeyId, newApiKeyId, newApiKeySecret, type PersonId } from '../../protocol/credentials.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { type ApiKey, createKey, findKey, revokeKey } from '../../storage/api-keys.ts';
import { findPerson } from '../../storage/people.ts';
import type { Deps } from '../../web/context.ts';
import { BY_CHANCE, type Making } from '../../web/idempotency-key.ts';
import type { NewApiKeyForRequest } from '../requests.ts';

/** @throws OAuthError not_found for one that is not there, or not good any more. */
export async function findApiKey({ databases, moment }: Deps, id: string): Promise<ApiKey> {
  const key = await findKey(databases, id as ApiKeyId, moment.now);
  if (!key) throw new OAuthError('not_found', 'there is no such API key.');
  return key;
}

/**
 * The person gets it from whoever made it.
 * @returns the key, and its secret, which is nowhere else.
 * @throws OAuthError invalid_request, invalid_scope, conflict.
 */
export async function addApiKey(
  deps: Deps,
  actor: string,
  request: z.infer<typeof NewApiKeyForRequest>,
  making: Making = BY_CHANCE,
): Promise<{ key: ApiKey; secret: string }> {
  const { databases, moment, settings } = deps;
  const person = await findPerson(databases, request.person as PersonId);
  if (!person || person.disabledAt !== null) {
    throw new OAuthError('invalid_request', 'person: there is no such person, or they are disabled.');
  }
  const may = scopesForKeys((await settings()).scopes_supported, person.roles).map((scope) => scope.name);
  const secret = newApiKeySecret(making.secret);
  const key = {
    ...{ id: newApiKeyId(making.id), personId: person.id, name: request.name },
    ...{ scopes: parseKeyScope(request.scope, may), expiresAt: moment.now + request.days * DAY },
  };
  const made = await createKey(databases, moment, actor, { ...key, secret });
  const checked = making.check(made, ({ secretHash }) => secretHash === sha256(secret));
  if (!checked) throw new OAuthError('conflict', 'this person has too many API keys: revoke one first.');
  return { key: checked, secret };
}

/** @throws OAuthError not_found */
export async function endApiKey({ databases, moment }: Deps, actor: string, id: string): Promise<void> {
  if (!(await revokeKey(databases, moment, actor, { id: id as ApiKeyId }))) {
    throw new OAuthError('not_found', 'there is no such API key.');
  }
}
