/** GET /console/clients: which applications there are. */
import type { Context } from 'hono';
import { nameOf } from '../../authorization-server/clients/client.ts';
import { listClients } from '../../storage/clients.ts';
import type { Web } from '../../web/context.ts';
import { Day } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { cursorAfter, PAGE_SIZE, parseCursor } from '../parse.ts';
import { clientAddress, NEW_CLIENT } from './client-parts.tsx';
import { consolePage, type Operator } from './frame.tsx';
import { List, listQuery } from './list.tsx';

export async function showClients(c: Context<Web>, here: Operator) {
  const query = listQuery(c, ['created']);
  const say = wordsOf(c, 'consoleClients');
  const rows = await listClients(c.get('deps').databases, parseCursor(query.after), PAGE_SIZE);
  return consolePage(
    c,
    here,
    { title: say.title, section: 'clients' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      {here.mayChange && (
        <div class="actions">
          <a class="button" href={NEW_CLIENT}>
            {say.add}
          </a>
        </div>
      )}
      <List
        c={c}
        query={query}
        caption={say.caption}
        columns={[
          { label: say.column.name },
          { label: say.column.origin },
          { label: say.column.created },
          { label: say.column.state },
        ]}
        rows={rows.map((client) => [
          <a href={clientAddress(client.id)}>{nameOf(client)}</a>,
          say.origins[client.origin],
          <Day time={client.createdAt} />,
          client.disabledAt === null ? say.state.on : say.state.disabled,
        ])}
        next={cursorAfter(rows)}
      />
    </>,
  );
}
