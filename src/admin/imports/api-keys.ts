/** Imports API keys with their public parts and secrets, for users who were imported from the same source. */
import type * as z from 'zod';
import type { Deps } from '../../http/context.ts';
import { apiKeyScopes } from '../../protocol/api-key.ts';
import { DAY } from '../../protocol/lifetimes.ts';
import { OWN_API_SCOPES } from '../../protocol/scope-names.ts';
import { createKey, type NewApiKeyRow } from '../../storage/users/api-key-changes.ts';
import { hasLegacyKey } from '../../storage/users/api-key-lookup.ts';
import { findUser } from '../../storage/users/users.ts';
import { importedApiKeyId, importedUserId } from './ids.ts';
import { eachInTurn, exists, imported, refused } from './outcome.ts';
import type { ImportApiKeysRequest, ImportOutcome } from './schemas.ts';

const NAME = 'Imported';

/** One outcome for each key, by its public part. Its scopes are those that a key can have, but for this server's own APIs. */
export async function importApiKeyRecords(
  { databases, moment, settings }: Deps,
  actor: string,
  { source, dry_run, days, api_keys }: z.infer<typeof ImportApiKeysRequest>,
): Promise<ImportOutcome[]> {
  const { scopes_supported } = await settings();
  const seen = new Set<string>();
  return eachInTurn(api_keys, async ({ user: name, key, secret }) => {
    if (seen.has(key) || (await hasLegacyKey(databases, key))) return exists(key);
    seen.add(key);
    // A dry run imports no users: the command says which ones would be missing.
    if (dry_run) return imported(key);
    const user = await findUser(databases, importedUserId(source, name));
    if (!user) return refused(key, `its user ${name} was not imported`);
    const row: NewApiKeyRow = {
      id: importedApiKeyId(source, key),
      userId: user.id,
      name: NAME,
      scopes: apiKeyScopes(scopes_supported, user.roles)
        .map((scope) => scope.name)
        .filter((scope) => !OWN_API_SCOPES.includes(scope)),
      expiresAt: moment.now + days * DAY,
      secret,
      legacyKey: key,
    };
    const made = await createKey(databases, moment, actor, row);
    return made
      ? imported(key)
      : refused(key, 'it was imported before and revoked here, or its user has too many keys');
  });
}
