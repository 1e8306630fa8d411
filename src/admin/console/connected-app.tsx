/** GET /console/connected-apps/:id: one connected app, and who has connected it. And what ends something of it. */
import type { Context } from 'hono';
import { providerOf } from '../../client/providers/index.ts';
import { callbackPath } from '../../protocol/connected-app.ts';
import type { ConnectedApp } from '../../storage/connected-apps.ts';
import type { ConnectionRow } from '../../storage/connections.ts';
import { listConnections, OLDEST_FIRST } from '../../storage/lists.ts';
import type { Web } from '../../web/context.ts';
import { Day, Elsewhere, Facts } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { alterApp, endConnection, ITSELF, removeApp } from '../acts/connected-apps.ts';
import { writeCursor } from '../parse.ts';
import { ActLinks } from './act-links.tsx';
import {
  APPS,
  appAddress,
  appOf,
  editAppForm,
  NEW_APP,
  newAppForm,
  showApps,
  showTemplates,
} from './connected-apps.tsx';
import { formPage } from './forms/form.tsx';
import { CHANGERS, type ConsolePage, consolePage, type Operator, READERS } from './frame.tsx';
import { PersonLink } from './links.tsx';
import { addressOf, List, listPage, listQuery } from './list.tsx';
import { type Kind, type Question, questionPages, SWITCH } from './questions.tsx';

type Say = ReturnType<typeof wordsOf<'consoleConnectedApps'>>;

/** More are not counted: what is to end is said in round words then. */
const COUNTED = 100;

async function showApp(c: Context<Web>, here: Operator) {
  const { databases, config } = c.get('deps');
  const say = wordsOf(c, 'consoleConnectedApps');
  const query = listQuery(c, ['created']);
  const by = { sort: query.sort, descending: query.descending };
  const of = { ...by, app: c.req.param('id') ?? '', ...(query.search && { person: query.search }) };
  const [app, { rows, next }] = await Promise.all([appOf(c), listConnections(databases, of, listPage(c))]);
  const { name } = app.description;
  return consolePage(
    c,
    here,
    { title: name, section: 'connectedApps' },
    <>
      <h1>{name}</h1>
      {app.disabledAt !== null && <p class="warning">{say.isDisabled}</p>}
      <About app={app} issuer={config.issuer} say={say} />
      {here.mayChange && <Acts app={app} say={say} />}
      <h2>{say.connections.title}</h2>
      <List
        c={c}
        query={query}
        caption={say.connections.caption}
        search={say.connections.search}
        columns={columnsOf(here, say)}
        rows={rows.map((row) => cellsOf(here, app, row, say))}
        next={writeCursor(next)}
      />
    </>,
  );
}

function columnsOf(here: Operator, { connections: { column } }: Say) {
  const { person, account, scopes, state, since, end } = column;
  return [
    ...[{ label: person }, { label: account }, { label: scopes }, { label: state }],
    ...[{ label: since, sort: 'created' as const }, ...(here.mayChange ? [{ label: end }] : [])],
  ];
}

function cellsOf(here: Operator, app: ConnectedApp, row: ConnectionRow, { connections: say }: Say) {
  const end = addressOf(appAddress(app, '/end'), { person: row.personId || ITSELF });
  return [
    row.personId === '' ? say.itself : <PersonLink id={row.personId} />,
    row.account ?? '',
    row.scopes.join(' '),
    row.reason ? `${say.states[row.state]}: ${row.reason}` : say.states[row.state],
    <Day time={row.createdAt} />,
    ...(here.mayChange ? [<a href={end}>{say.end}</a>] : []),
  ];
}

function About({ app, issuer, say }: { app: ConnectedApp; issuer: string; say: Say }) {
  const { description, registration } = app;
  const { documentation } = providerOf(app.template);
  return (
    <Facts
      facts={[
        [say.fact.id, app.id],
        [say.fact.issuer, app.issuer],
        [say.fact.resource, description.resource],
        [say.fact.redirect, <code>{issuer + callbackPath(app.id)}</code>],
        [say.fact.client, <code>{registration.clientId}</code>],
        [say.fact.how, say.how[registration.how]],
        [say.fact.method, say.choices[registration.authMethod]],
        [say.fact.scopes, description.scopes?.join(' ')],
        [say.fact.api, description.api?.join(', ')],
        [say.fact.roles, description.roles.join(', ') || say.fact.everybody],
        [say.fact.raw, say.choices[description.raw_tokens]],
        [say.fact.dpop, say.choices[description.dpop ?? 'auto']],
        [say.fact.connect, <code>{`${issuer}/account/connections/${app.id}`}</code>],
        [say.fact.documentation, <Elsewhere address={documentation} />],
        [say.fact.created, <Day time={app.createdAt} />],
      ]}
    />
  );
}

function Acts({ app, say: { acts } }: { app: ConnectedApp; say: Say }) {
  const at = (below: string, label: string) => ({ label, href: appAddress(app, below) });
  return (
    <ActLinks
      acts={[
        at('/edit', acts.edit),
        at('/refresh', acts.refresh),
        at('/disable', app.disabledAt === null ? acts.disable : acts.enable),
        at('/delete', acts.delete),
      ]}
    />
  );
}

const ONE: Kind<ConnectedApp> = {
  ...{ section: 'connectedApps', path: `${APPS}/:id`, back: (app) => appAddress(app), find: appOf },
};

const sayOf = (c: Context<Web>) => wordsOf(c, 'consoleConnectedApps');

const QUESTIONS: readonly Question<ConnectedApp>[] = [
  {
    path: '/refresh',
    asks: (c, { description }) => sayOf(c).asking.refresh(description.name),
    async act({ c, here, row }) {
      await alterApp(c.get('deps'), here.actor, row, {});
      return 'saved';
    },
  },
  {
    path: '/disable',
    asks: (c, { description, disabledAt }) =>
      sayOf(c).asking[disabledAt === null ? 'disable' : 'enable'](description.name),
    carries: SWITCH.carries,
    async act({ c, here, row, form }) {
      await alterApp(c.get('deps'), here.actor, row, { disabled: SWITCH.isToDisable(form) });
      return 'saved';
    },
  },
  {
    path: '/end',
    carries: (c) => ({ person: c.req.query('person') ?? '' }),
    asks: (c, { description }) => sayOf(c).asking.end(description.name),
    async act({ c, here, row, form }) {
      const untold = await endConnection(c.get('deps'), here.actor, row, form.required('person'));
      return untold ? 'untold' : 'ended';
    },
  },
  {
    path: '/delete',
    leadsTo: APPS,
    async ends(c) {
      const of = { ...OLDEST_FIRST, app: c.req.param('id') ?? '' };
      const { rows, next } = await listConnections(c.get('deps').databases, of, { after: undefined, most: COUNTED });
      return sayOf(c).count(rows.length, next !== undefined);
    },
    asks: (c, { description }, ends) => sayOf(c).asking.delete(description.name, ends),
    async act({ c, here, row }) {
      await removeApp(c.get('deps'), here.actor, row);
      return 'deleted';
    },
  },
];

export const CONNECTED_APP_PAGES: readonly ConsolePage[] = [
  { path: APPS, section: 'connectedApps', roles: READERS, listed: true, show: showApps },
  { path: NEW_APP, section: 'connectedApps', roles: CHANGERS, show: showTemplates },
  {
    ...{ path: `${NEW_APP}/:template`, section: 'connectedApps', roles: CHANGERS, fresh: true },
    ...formPage(newAppForm),
  },
  { path: ONE.path, section: 'connectedApps', roles: READERS, show: showApp },
  {
    ...{ path: `${ONE.path}/edit`, section: 'connectedApps', roles: CHANGERS, fresh: true },
    ...formPage(editAppForm),
  },
  ...questionPages(ONE, QUESTIONS),
];
