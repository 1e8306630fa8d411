/** GET /account/connections: the connections of the user, and the apps that may be connected. */
import type { Context } from 'hono';
import { accountPage } from '../accounts/account-page.tsx';
import { requireSession } from '../accounts/require-session.ts';
import type { Web } from '../http/context.ts';
import { formToken } from '../http/csrf.ts';
import { parseParameters } from '../http/parameters.ts';
import type { Texts } from '../locales/index.ts';
import { type ConnectedApp, listConnectedApps } from '../storage/providers/connected-apps.ts';
import { type ConnectionRow, listConnectionsOf } from '../storage/providers/connections.ts';
import { ButtonForm } from '../ui/action-forms.tsx';
import { Card, DescriptionList, StatusMessage } from '../ui/components.tsx';
import { messageIn, textsOf } from '../ui/locale.ts';
import { Day } from '../ui/moment.tsx';
import { Named, State } from '../ui/names.tsx';
import { mayConnect } from './connected-apps.ts';

export const CONNECTIONS = '/account/connections';

type WithTexts = { texts: Texts['connections'] };

type AppWithConnection = { app: ConnectedApp; row: ConnectionRow | undefined };

export async function showConnections(c: Context<Web>) {
  const deps = c.get('deps');
  const here = await requireSession(c, CONNECTIONS);
  if (here instanceof Response) return here;
  const { user, session } = here;
  const [apps, rows] = await Promise.all([
    listConnectedApps(deps.databases),
    listConnectionsOf(deps.databases, user.id),
  ]);
  const listed = apps
    .map((app): AppWithConnection => ({ app, row: rows.find((row) => row.appId === app.id) }))
    // A connection can be revoked, also where the app is disabled.
    .filter(({ app, row }) => row || (app.disabledAt === null && mayConnect(app, user)));
  const query = parseParameters(new URL(c.req.url).search.slice(1));
  const connected = listed.find(({ app, row }) => app.id === query.one('connected') && row?.state === 'connected');
  const texts = textsOf(c, 'connections');
  return accountPage(
    c,
    here,
    { title: texts.title, section: 'connected', formsRedirectOut: true },
    <>
      <h1>{texts.title}</h1>
      <StatusMessage>{connected && texts.connected(connected.app.description.name)}</StatusMessage>
      {query.one('untold') && (
        <p class="warning" role="status">
          {texts.untold}
        </p>
      )}
      <p>{listed.length > 0 ? texts.lead : texts.none}</p>
      <ul class="cards items">
        {listed.map((one) => (
          <Connection
            {...one}
            texts={texts}
            explain={(reason) => messageIn(c, reason)}
            token={() => formToken(deps, session.id)}
          />
        ))}
      </ul>
    </>,
  );
}

const toneOf = (row: ConnectionRow | undefined) =>
  row === undefined ? undefined : row.state === 'connected' ? ('good' as const) : ('warn' as const);

/** A scope of the provider as a sentence. */
const meaningOf = (scope: string, texts: WithTexts['texts']): string =>
  Object.hasOwn(texts.scopes, scope) ? (texts.scopes[scope] ?? '') : texts.otherScope(scope);

type ConnectionCard = AppWithConnection &
  WithTexts & {
    /** The reason of a failure in the language of the page. */
    explain: (reason: string) => string;
    token: () => string;
  };

function Connection({ app, row, texts, explain, token }: ConnectionCard) {
  const { name } = app.description;
  const needsReconnect = row?.state === 'reconnect';
  const isDisabled = app.disabledAt !== null;
  const action = `${CONNECTIONS}/${app.id}`;
  return (
    <Card title={<Named name={name} detail={row?.account ?? undefined} tile />}>
      {isDisabled && <p class="warning">{texts.off}</p>}
      {row?.reason && !isDisabled && (
        <p class="warning">
          {needsReconnect ? texts.lost(explain(row.reason)) : texts.failed(name, explain(row.reason))}
        </p>
      )}
      <DescriptionList
        facts={[
          [texts.state, <State text={texts.states[row?.state ?? 'not_connected']} tone={toneOf(row)} />],
          [texts.may, row?.scopes.map((scope) => meaningOf(scope, texts)).join('; ') || undefined],
          [texts.since, row && <Day time={row.createdAt} />],
        ]}
      />
      <div class="actions">
        {!isDisabled && (
          <ButtonForm
            action={action}
            hidden={{ form_token: token() }}
            main={!row || needsReconnect}
            label={row ? texts.reconnect(name) : texts.connect(name)}
          />
        )}
        {row && (
          <ButtonForm action={`${action}/disconnect`} hidden={{ form_token: token() }} label={texts.disconnect(name)} />
        )}
      </div>
    </Card>
  );
}
