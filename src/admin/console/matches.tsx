/** Users and clients by words of their names, where a search or a form wants one of them. */
import { clientHost, clientNameOf } from '../../authorization-server/clients/client.ts';
import type { Deps } from '../../http/context.ts';
import { searchClients, searchUsers } from '../../storage/server/search.ts';
import { Named } from '../../ui/names.tsx';
import { addressOf } from './list.tsx';

/** Results of each kind. */
const MOST = 10;

export type Match = { id: string; name: string; detail: string | undefined };
export type MatchKind = 'user' | 'client';

/** Users or clients whose names have these words, by their beginnings. */
export async function matchesOf(
  { databases }: Pick<Deps, 'databases'>,
  kind: MatchKind,
  search: string,
): Promise<Match[]> {
  if (kind === 'user') {
    const found = await searchUsers(databases, search, MOST);
    return found.map(({ id, name, email }) => ({ id, name: name || email, detail: name ? email : undefined }));
  }
  const found = await searchClients(databases, search, MOST);
  return found.map((client) => ({
    id: client.id,
    name: clientNameOf(client),
    detail: clientHost(client.origin === 'document' ? client.id : (client.metadata.redirect_uris[0] ?? '')),
  }));
}

/** The choice between several that a search may mean: each leads to the same page, narrowed to it. */
export function WhichOne({
  path,
  found,
  keep = {},
  say,
}: {
  path: string;
  found: readonly Match[];
  /** Further parameters of the address. */
  keep?: Record<string, string | undefined>;
  say: string;
}) {
  return (
    <section class="panel">
      <h2>{say}</h2>
      <ul class="rows">
        {found.map(({ id, name, detail }) => (
          <li>
            <Named name={name} href={addressOf(path, { ...keep, q: id })} detail={detail} />
          </li>
        ))}
      </ul>
    </section>
  );
}
