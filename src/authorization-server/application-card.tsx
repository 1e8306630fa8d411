/** An application with access to the account: what it may do, and the buttons that revoke it. */
import type { Deps } from '../http/context.ts';
import type { Texts } from '../locales/index.ts';
import { describeScope, type Scope } from '../protocol/scope.ts';
import { findClientFromReplica } from '../storage/clients/clients.ts';
import type { Application as Granted } from '../storage/grants/applications.ts';
import { ActionButton } from '../ui/action-forms.tsx';
import { Card, DescriptionList } from '../ui/components.tsx';
import { Day } from '../ui/moment.tsx';
import { describeScopes } from './authorize/requested-scopes.tsx';
import { builtInClient } from './clients/built-in-clients.ts';
import { type Client, clientHost, clientNameOf } from './clients/client.ts';
import { ClientPicture } from './clients/client-name.tsx';

type ApplicationEntry = Pick<Granted, 'since' | 'lastUsedAt'> & {
  id: string;
  /** Undefined for a deleted client. */
  client: Client | undefined;
  name: string;
  may: Scope[];
};

export async function applicationEntry(
  deps: Deps,
  { clientId: id, since, lastUsedAt, ...allowed }: Granted,
): Promise<ApplicationEntry> {
  const settings = await deps.settings();
  const client =
    builtInClient(id, deps.config, settings) ?? (await findClientFromReplica(deps.databases, id, deps.moment.now));
  const name = client ? clientNameOf(client) : id;
  return { id, client, name, may: await describeScopes(deps, allowed), since, lastUsedAt };
}

type ApplicationTexts = { texts: Texts['applications']; scopes: Texts['scopes'] };

export function ApplicationCard({
  id,
  client,
  name,
  may,
  since,
  lastUsedAt,
  texts,
  scopes,
}: ApplicationEntry & ApplicationTexts) {
  return (
    <Card
      title={
        <span class="who">
          {client && <ClientPicture client={client} />}
          <bdi>{name}</bdi>
        </span>
      }
    >
      <DescriptionList
        facts={[
          // CIMD §6.4: show the hostname of the client_id.
          [texts.host, client?.origin === 'document' ? clientHost(client.id) : undefined],
          [texts.since, <Day time={since} />],
          [texts.lastUsed, <Day time={lastUsedAt} />],
        ]}
      />
      <h3>{texts.may}</h3>
      <ul class="rows">
        {may.map((scope) => {
          const means = describeScope(scope, scopes);
          return (
            <li>
              {means}
              {scope.optional && (
                <ActionButton
                  name="part"
                  value={`${id} ${scope.name}`}
                  label={texts.leaveOut}
                  describe={texts.leaveOutOf(name, means)}
                />
              )}
            </li>
          );
        })}
      </ul>
      <ActionButton name="client" value={id} label={texts.withdraw(name)} destructive />
    </Card>
  );
}
