/** GET /console/clients: which applications there are. */
import type { Context } from 'hono';
import { nameOf } from '../../authorization-server/clients/client.ts';
import { isDocumentUrl } from '../../protocol/document-url.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { type ClientRow, findClientLatest } from '../../storage/clients.ts';
import { listClients } from '../../storage/lists.ts';
import type { Web } from '../../web/context.ts';
import { Day } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { findClient } from '../acts/clients.ts';
import { writeCursor } from '../parse.ts';
import { ActLinks } from './act-links.tsx';
import { clientAddress, NEW_CLIENT } from './client-parts.tsx';
import { consolePage, type Operator } from './frame.tsx';
import { INITIAL_TOKENS } from './initial-tokens.tsx';
import { List, listPage, listQuery } from './list.tsx';

/** The client that has this id, which may be the address of its description. */
async function withId(c: Context<Web>, id: string): Promise<ClientRow | undefined> {
  const deps = c.get('deps');
  if (!id.startsWith('c_') && !isDocumentUrl(id, deps.config.isLoopback)) return undefined;
  try {
    return await findClient(deps, id);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    // Its document may be gone, and what an administrator said of it still be there.
    return findClientLatest(deps.databases, id, deps.moment.now);
  }
}

export async function showClients(c: Context<Web>, here: Operator) {
  const query = listQuery(c, ['created', 'name', 'address'], true);
  const say = wordsOf(c, 'consoleClients');
  const { search } = query;
  // A dot stands in addresses; a name with one is found by what comes before it.
  const sought = search === '' ? {} : search.includes('.') ? { address: search } : { name: search };
  const [one, list] = await Promise.all([
    withId(c, search),
    listClients(c.get('deps').databases, { ...query, ...sought }, listPage(c)),
  ]);
  const { rows, next } = one ? { rows: [one], next: undefined } : list;
  return consolePage(
    c,
    here,
    { title: say.title, section: 'clients' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <p>
        <a href={INITIAL_TOKENS}>{say.toInitialTokens}</a>
      </p>
      {here.mayChange && <ActLinks main acts={[{ label: say.add, href: NEW_CLIENT }]} />}
      <List
        c={c}
        query={query}
        caption={say.caption}
        columns={[
          { label: say.column.name, sort: 'name' },
          { label: say.column.address, sort: 'address' },
          { label: say.column.origin },
          { label: say.column.created, sort: 'created' },
          { label: say.column.state },
        ]}
        rows={rows.map((client) => [
          <a href={clientAddress(client.id)}>{nameOf(client)}</a>,
          client.metadata.redirect_uris[0]?.replace(/^[^:]*:\/\//, '') ?? '',
          say.origins[client.origin],
          <Day time={client.createdAt} />,
          client.disabledAt === null ? say.state.on : say.state.disabled,
        ])}
        search={say.search}
        next={writeCursor(next)}
      />
    </>,
  );
}
