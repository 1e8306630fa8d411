/** /console/connected-apps: where this server is a client; adding one, which begins with what is known of the provider. */
import type { Context } from 'hono';
import { PROVIDERS } from '../../client/providers/index.ts';
import type { Provider } from '../../client/providers/provider.ts';
import { callbackPath } from '../../protocol/connected-app.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { type ConnectedApp, listConnectedApps } from '../../storage/connected-apps.ts';
import type { Web } from '../../web/context.ts';
import { wordsOf } from '../../web/words.ts';
import { addApp, alterApp, findApp } from '../acts/connected-apps.ts';
import { ConnectedAppChangesRequest, NewConnectedAppRequest } from '../connected-app-schemas.ts';
import { ActLinks } from './act-links.tsx';
import { fieldsOf, withSecrets } from './forms/fields.tsx';
import type { RecordForm } from './forms/form.tsx';
import { consolePage, doneAt, type Operator } from './frame.tsx';
import { List } from './list.tsx';
import { shortList } from './short-list.ts';
import { templatesPage } from './template-kinds.tsx';

export const APPS = '/console/connected-apps';
export const NEW_APP = `${APPS}/new`;

export const appAddress = ({ id }: Pick<ConnectedApp, 'id'>, below = '') => `${APPS}/${id}${below}`;
export const appOf = (c: Context<Web>) => findApp(c.get('deps'), c.req.param('id') ?? '');

export async function showApps(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleConnectedApps');
  const { query, rows, next } = shortList(c, await listConnectedApps(c.get('deps').databases), {
    ...{ id: (app) => app.id, texts: ({ id, issuer, description }) => [id, issuer, description.name] },
    sorts: { name: ({ description }) => description.name, id: (app) => app.id, issuer: (app) => app.issuer },
  });
  const { name, id, issuer, how, state } = say.column;
  return consolePage(
    c,
    here,
    { title: say.title, section: 'connectedApps' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <ActLinks main acts={[here.mayChange && { label: say.add, href: NEW_APP }]} />
      <List
        c={c}
        query={query}
        caption={say.title}
        search={wordsOf(c, 'console').anywhere}
        columns={[
          ...([
            { label: name, sort: 'name' },
            { label: id, sort: 'id' },
            { label: issuer, sort: 'issuer' },
          ] as const),
          ...[{ label: how }, { label: state }],
        ]}
        rows={rows.map((app) => [
          <a href={appAddress(app)}>{app.description.name}</a>,
          app.id,
          app.issuer,
          say.how[app.registration.how],
          app.disabledAt === null ? say.state.on : say.state.disabled,
        ])}
        next={next}
      />
    </>,
  );
}

export const showTemplates = (c: Context<Web>, here: Operator) =>
  templatesPage(c, here, {
    ...{ section: 'connectedApps', known: PROVIDERS, path: NEW_APP, say: wordsOf(c, 'consoleConnectedApps') },
  });

const DESCRIBED = [
  ...(['name', 'client_id', 'client_secret', 'issuer', 'resource', 'scopes', 'roles', 'raw_tokens', 'api'] as const),
  ...(['endpoints', 'auth_method', 'query', 'dpop', 'return_to'] as const),
] as const;

/** What most people need; what the template needs besides, and nobody can leave out. */
const FIRST = ['id', 'name', 'client_id', 'client_secret', 'scopes', 'roles', 'raw_tokens'];

function templateOf(c: Context<Web>): { template: keyof typeof PROVIDERS; provider: Provider } {
  const template = (c.req.param('template') ?? '') as keyof typeof PROVIDERS;
  if (!Object.hasOwn(PROVIDERS, template)) throw new OAuthError('not_found', 'there is no such template.');
  return { template, provider: PROVIDERS[template] };
}

export function newAppForm(c: Context<Web>, here: Operator) {
  const deps = c.get('deps');
  const say = wordsOf(c, 'consoleConnectedApps');
  const { template, provider } = templateOf(c);
  return {
    ...{ section: 'connectedApps', title: say.adding(provider.title), submit: say.submit, back: NEW_APP },
    lead: (
      <>
        {say.tell} <code>{deps.config.issuer + callbackPath('<id>')}</code>. {say.itself}
      </>
    ),
    ...{ schema: NewConnectedAppRequest, labels: say.fields, choices: say.choices, said: { template } },
    fields: withSecrets(fieldsOf(NewConnectedAppRequest, 'id', ...DESCRIBED), 'client_secret'),
    first: [...FIRST, ...(provider.needs ?? [])],
    suggested: { id: template, name: provider.title, scopes: provider.scopes, raw_tokens: 'nobody' },
    async send(request) {
      return doneAt(c, appAddress(await addApp(deps, here.actor, request)), 'added');
    },
  } satisfies RecordForm<typeof NewConnectedAppRequest>;
}

export async function editAppForm(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleConnectedApps');
  const app = await appOf(c);
  const fields = withSecrets(fieldsOf(ConnectedAppChangesRequest, ...DESCRIBED), 'client_secret');
  const { clientId, how } = app.registration;
  const record = { ...app.description, ...(how === 'given' && { client_id: clientId }) };
  return {
    ...{ section: 'connectedApps', title: say.change(app.description.name), lead: say.changing, back: appAddress(app) },
    ...{ submit: wordsOf(c, 'console').save, schema: ConnectedAppChangesRequest, labels: say.fields, fields, record },
    ...{ choices: say.choices, first: FIRST },
    async send(changes) {
      await alterApp(c.get('deps'), here.actor, app, changes);
      return doneAt(c, appAddress(app), 'saved');
    },
  } satisfies RecordForm<typeof ConnectedAppChangesRequest>;
}
