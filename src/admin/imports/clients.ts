/** Imports clients under their ids at the source, with their secrets. */
import type * as z from 'zod';
import { usesClientSecret } from '../../authorization-server/clients/client.ts';
import { sha256 } from '../../crypto/digest.ts';
import type { Deps } from '../../http/context.ts';
import { parseClientMetadata } from '../../protocol/client-metadata.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { createClient } from '../../storage/clients/client-changes.ts';
import { findClientFromPrimary, type NewClient } from '../../storage/clients/clients.ts';
import { checkExemption } from '../operations/client-checks.ts';
import { eachInTurn, exists, imported, refused } from './outcome.ts';
import type { ImportClientsRequest, ImportedClient, ImportOutcome } from './schemas.ts';

type Client = z.infer<typeof ImportedClient>;

/** One outcome for each client. A client that exists is not changed. */
export function importClientRecords(
  deps: Deps,
  actor: string,
  { dry_run, clients }: z.infer<typeof ImportClientsRequest>,
): Promise<ImportOutcome[]> {
  const seen = new Set<string>();
  return eachInTurn(clients, async (client) => {
    const id = client.client_id;
    if (seen.has(id) || (await findClientFromPrimary(deps.databases, id, deps.moment.now))) return exists(id);
    seen.add(id);
    const planned = plan(deps, client);
    if (!('row' in planned)) return refused(id, planned.problem);
    if (dry_run) return imported(id, planned.note);
    await createClient(deps.databases, deps.moment, actor, planned.row);
    const isThere = await findClientFromPrimary(deps.databases, id, deps.moment.now);
    return isThere ? imported(id, planned.note) : refused(id, 'it was imported before, and deleted here');
  });
}

type Planned = { row: NewClient; note: string | undefined } | { problem: string };

/** The row of a client, or why it cannot be a client of this server. */
function plan(deps: Deps, client: Client): Planned {
  try {
    const metadata = parseClientMetadata(client.metadata, deps.capabilities, 'administrator');
    const needsSecret = usesClientSecret(metadata);
    if (needsSecret && client.client_secret === undefined) return { problem: 'it has no client secret' };
    const note = needsSecret ? pkceNote(deps, { origin: 'administrator', metadata }) : undefined;
    const secret = needsSecret ? client.client_secret : undefined;
    const row: NewClient = {
      id: client.client_id,
      origin: client.dynamic ? 'registration' : 'administrator',
      metadata,
      secretHash: secret === undefined ? null : sha256(secret),
      trusted: client.trusted,
      requirePkce: !needsSecret || note !== undefined,
      roles: client.roles,
    };
    return { row, note };
  } catch (error) {
    if (error instanceof OAuthError) return { problem: error.description };
    throw error;
  }
}

/** Confidential clients of other servers know no PKCE. @returns why it is required nevertheless; undefined where it is not. */
function pkceNote(deps: Deps, client: Pick<NewClient, 'origin' | 'metadata'>): string | undefined {
  try {
    checkExemption(deps.config, { ...client, requirePkce: false });
    return undefined;
  } catch (error) {
    if (error instanceof OAuthError)
      return `PKCE is required of it: ${error.description.replace('require_pkce: ', '')}`;
    throw error;
  }
}
