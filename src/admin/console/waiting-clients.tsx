/** The clients that await approval, above the list of clients: each with a button that approves it. */
import type { Context } from 'hono';
import { clientHost, clientNameOf } from '../../authorization-server/clients/client.ts';
import { approvalStateOf } from '../../authorization-server/clients/client-approval.ts';
import type { Deps, Web } from '../../http/context.ts';
import { approvalCutoff, listWaitingClients } from '../../storage/clients/client-approvals.ts';
import { ButtonForm } from '../../ui/action-forms.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Day } from '../../ui/moment.tsx';
import { Table } from '../../ui/table.tsx';
import { CLIENT } from '../records/client-record.ts';
import type { ConsoleUser } from './console-page.tsx';
import { recordAddress } from './record-parts.tsx';

const MOST = 50;

/** The clients that users want to use, and that rules and setting still let wait. */
export async function waitingOf({ databases, moment, settings }: Deps) {
  const current = await settings();
  const rows = await listWaitingClients(databases, approvalCutoff(current, moment.now), MOST);
  return rows.filter((client) => approvalStateOf(client, current) === 'waiting');
}

export async function waitingClients(c: Context<Web>, here: ConsoleUser) {
  const deps = c.get('deps');
  const waiting = await waitingOf(deps);
  if (waiting.length === 0) return null;
  const { title, lead, caption, column, approve } = textsOf(c, 'consoleClients').waiting;
  return (
    <section aria-labelledby="waiting">
      <h2 id="waiting">{title}</h2>
      <p>{lead((await deps.settings()).new_client_days)}</p>
      <Table
        caption={caption}
        columns={[column.name, column.address, column.since, ...(here.mayChange ? [column.actions] : [])]}
        rows={waiting.map((client) => {
          const address = (below = '') => recordAddress(CLIENT, { client_id: client.id }, below);
          const decide = (
            <ButtonForm action={address('/approve')} label={approve} hidden={{ form_token: here.formToken }} />
          );
          return [
            <>
              <a href={address()}>{clientNameOf(client)}</a>
              {client.origin === 'document' && ` (${clientHost(client.id)})`}
            </>,
            client.metadata.redirect_uris[0] ?? '',
            <Day time={client.approvalRequestedAt ?? client.createdAt} />,
            ...(here.mayChange ? [decide] : []),
          ];
        })}
      />
    </section>
  );
}
