/** /console/connected-apps: what the pages of connected apps have beside their definition. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { connectedAppCallbackPath } from '../../protocol/connected-app.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { entryOf, TEMPLATES, templateOf } from '../../providers/index.ts';
import { type ConnectedApp, listConnectedApps } from '../../storage/providers/connected-apps.ts';
import type { ConnectionRow } from '../../storage/providers/connections.ts';
import { listConnections } from '../../storage/server/lists.ts';
import { PROBLEMS_OF } from '../../storage/server/recent-problems.ts';
import { ExternalLink } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Day } from '../../ui/moment.tsx';
import { APP_CONNECTION } from '../operations/connected-apps.ts';
import { CONNECTED_APPS } from '../operations/provider-records.ts';
import { writeCursor } from '../query-parameters.ts';
import { CONNECTED_APP } from '../records/connected-app-record.ts';
import type { Operator } from './console-page.tsx';
import { UserLink } from './links.tsx';
import { List, listPage, listQuery } from './list.tsx';
import { type Match, matchesOf, WhichOne } from './matches.tsx';
import { type Names, namesFor, References } from './names.ts';
import { COPIES, freeId, ProviderLead } from './provider-lead.tsx';
import { problemsAtProvider } from './recent-problems.tsx';
import { recordPages } from './record-pages.tsx';
import { type FormParts, type ReadRecord, recordAddress } from './record-parts.tsx';
import { templatesPage } from './template-picker.tsx';

type Say = ReturnType<typeof textsOf<'consoleConnectedApps'>>;

const sayOf = (c: Context<Web>) => textsOf(c, 'consoleConnectedApps');
const uriOf = (c: Context<Web>) => (id: string) => c.get('deps').config.issuer + connectedAppCallbackPath(id);

/** The users whose name is searched; none for an ID. */
const usersMeant = async (c: Context<Web>, search: string): Promise<Match[]> =>
  search === '' || search.startsWith('u_') ? [] : matchesOf(c.get('deps'), 'user', search);

/** The connections of the app, by user. */
async function connections(c: Context<Web>, here: Operator) {
  const { databases } = c.get('deps');
  const say = sayOf(c);
  const app = c.req.param('id') ?? '';
  const query = listQuery(c, ['created']);
  const meant = await usersMeant(c, query.search);
  const [user = query.search] = meant.map(({ id }) => id);
  const of = { sort: query.sort, descending: query.descending, app, ...(user && { user }) };
  const [{ rows, next }, problems] = await Promise.all([
    listConnections(databases, of, listPage(c)),
    problemsAtProvider(c, PROBLEMS_OF.connectedApp + app),
  ]);
  const names = await namesFor(c.get('deps'), new References(rows.map(({ userId }) => userId)));
  return (
    <>
      {problems}
      <h2>{say.connections.title}</h2>
      {meant.length > 1 && (
        <WhichOne path={new URL(c.req.url).pathname} found={meant} say={textsOf(c, 'console').which} />
      )}
      <List
        c={c}
        query={query}
        caption={say.connections.caption}
        search={say.connections.search}
        columns={columnsOf(here, say)}
        rows={rows.map((row) => cellsOf(here, app, row, names, say))}
        next={writeCursor(next)}
      />
    </>
  );
}

function columnsOf(here: Operator, { connections: { column } }: Say) {
  const { user, account, scopes, state, since, end } = column;
  return [
    { label: user },
    { label: account },
    { label: scopes },
    { label: state },
    { label: since, sort: 'created' as const },
    ...(here.mayChange ? [{ label: end }] : []),
  ];
}

function cellsOf(here: Operator, app: string, row: ConnectionRow, names: Names, { connections: say }: Say) {
  const end = recordAddress(CONNECTED_APP, { id: app }, `/connections/${row.userId || APP_CONNECTION}`);
  return [
    row.userId === '' ? say.itself : <UserLink id={row.userId} names={names} />,
    row.account ?? '',
    row.scopes.join(' '),
    row.reason ? `${say.states[row.state]}: ${row.reason}` : say.states[row.state],
    <Day time={row.createdAt} />,
    ...(here.mayChange ? [<a href={end}>{say.end}</a>] : []),
  ];
}

/** The form of a new one, which begins with the data of the provider. @throws OAuthError not_found */
async function newParts(c: Context<Web>, template: string): Promise<FormParts> {
  const provider = entryOf(TEMPLATES, template);
  if (!provider) throw new OAuthError('not_found', 'there is no such template.');
  const say = sayOf(c);
  const id = freeId(template, await listConnectedApps(c.get('deps').databases));
  return {
    title: say.adding(provider.title),
    lead: (
      <>
        <ProviderLead provider={provider} issuer={null} uriOf={uriOf(c)} id={id} follows say={say} />
        {say.itself}
      </>
    ),
    said: { template },
    script: COPIES,
    also: provider.connectedApp.requires ?? [],
    suggested: { id, name: provider.title, scopes: provider.connectedApp.scopes, raw_tokens: 'nobody' },
  };
}

function editing(c: Context<Web>, { row: app }: ReadRecord<ConnectedApp>): FormParts {
  const say = sayOf(c);
  const provider = templateOf(app.template);
  return {
    lead: (
      <>
        <ProviderLead provider={provider} issuer={app.issuer} uriOf={uriOf(c)} id={app.id} say={say} />
        {say.changing}
      </>
    ),
    script: COPIES,
  };
}

export const CONNECTED_APP_PAGES = recordPages(CONNECTED_APPS, {
  detail: connections,
  presets: {
    parameter: 'template',
    page: (c, here) =>
      templatesPage(c, here, {
        section: CONNECTED_APP.console.section,
        known: TEMPLATES,
        path: `${CONNECTED_APP.console.path}/new`,
        say: sayOf(c),
      }),
    form: newParts,
  },
  editing,
  facts: (c, { row: app }: ReadRecord<ConnectedApp>) => [
    [sayOf(c).connect, <code>{`${c.get('deps').config.issuer}/account/connections/${app.id}`}</code>],
    [sayOf(c).documentation, <ExternalLink address={templateOf(app.template).documentation} />],
  ],
});
