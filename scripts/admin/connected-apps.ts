/** connected-apps templates | list | show | create | change | disable | enable | refresh | delete | reseal, connections list | show | delete */
import { readFileSync } from 'node:fs';
import { ConnectedAppChangesRequest, NewConnectedAppRequest } from '../../src/admin/connected-app-schemas.ts';
import {
  type Api,
  type Command,
  given,
  idOf,
  nothing,
  parseJson,
  record,
  table,
  type Values,
  validated,
} from './command.ts';

type App = { id: string; template: string; name: string; issuer: string; client_id: string; disabled: boolean };
type Template = { template: string; title: string; needs: string[]; documentation: string; read: string };
type Connection = { app: string; person: string; state: string; scope: string; reason: string | null };

const OPTIONS =
  '--issuer --resource --client-id --client-secret (- reads it) --scope --api --raw-tokens --dpop auto|always|never --return-to --query JSON --endpoints JSON';

export const CONNECTED_APP_COMMANDS: readonly Command[] = [
  {
    name: 'connected-apps templates',
    takes: [],
    about: 'what is known of providers, and what each needs',
    request: nothing,
    run: (api) => api('GET', '/connection-templates'),
    show: ({ templates }: { templates: Template[] }) =>
      table(
        templates.map(({ template, title, needs, documentation, read }) => [
          ...[template, title, needs.length > 0 ? `needs ${needs.join(' ')}` : ''],
          `${documentation} (${read})`,
        ]),
        '',
      ),
  },
  {
    name: 'connected-apps list',
    takes: [],
    about: 'where this server is a client',
    request: nothing,
    run: (api) => api('GET', '/connected-apps'),
    show: ({ connected_apps }: { connected_apps: App[] }) =>
      table(
        connected_apps.map((app) => [app.id, app.name, app.issuer, app.client_id, app.disabled ? 'disabled' : '']),
        'No app is connected.',
      ),
  },
  {
    name: 'connected-apps show',
    takes: ['id'],
    about: 'everything about one of them, its redirect URI among it',
    request: nothing,
    run: (api, [id]) => api('GET', path(id)),
    show: record,
  },
  {
    name: 'connected-apps create',
    takes: ['id', 'template'],
    about: `a new one, filled from what the server says of itself (${OPTIONS})`,
    request: ([id, template], values) => validated(NewConnectedAppRequest, { id, template, ...said(values) }),
    run: (api, _, request) => api('POST', '/connected-apps', request),
    show: record,
  },
  {
    name: 'connected-apps change',
    takes: ['id'],
    about: 'other scopes, another secret, … (the same options)',
    request: (_, values) => validated(ConnectedAppChangesRequest, said(values)),
    run: (api, [id], request) => api('PATCH', path(id), request),
    show: record,
  },
  ...(['disable', 'enable'] as const).map((verb) => ({
    name: `connected-apps ${verb}`,
    takes: ['id'],
    about: verb === 'disable' ? 'nobody connects it or uses it any more' : 'from now on again',
    request: nothing,
    run: (api: Parameters<Command['run']>[0], [id]: string[]) =>
      api('PATCH', path(id), { disabled: verb === 'disable' }),
    show: record,
  })),
  {
    name: 'connected-apps refresh',
    takes: ['id'],
    about: 'looks at the server again; where it moved, registers again',
    request: nothing,
    run: (api, [id]) => api('POST', `${path(id)}/refresh`),
    show: record,
  },
  {
    name: 'connected-apps delete',
    takes: ['id'],
    about: 'away with it, and with everything connected through it',
    request: nothing,
    run: (api, [id]) => api('DELETE', path(id)),
    show: () => 'Deleted.',
  },
  {
    name: 'connected-apps reseal',
    takes: [],
    about: 'seals stored tokens and secrets again, under the root secret in use',
    request: nothing,
    run: (api) => api('POST', '/sealing'),
    show: ({ resealed, unreadable }: { resealed: number; unreadable: number }) =>
      `${resealed} sealed again; ${unreadable} cannot be read with any root secret that is left.`,
  },
  {
    name: 'connections list',
    takes: [],
    about: 'whose accounts elsewhere may be used (--app, --person E-MAIL)',
    request: (_, values) => given({ app: values.app, person: values.person }),
    run: async (api, _, request) => {
      const { app, person } = request as { app?: string; person?: string };
      const filter = given({ app, person: person && (await idOf(api, person)) }) as Record<string, string>;
      return api('GET', `/connections?${new URLSearchParams(filter)}`);
    },
    show: ({ connections }: { connections: Connection[] }) =>
      table(
        connections.map((row) => [row.app, row.person, row.state, row.scope, row.reason ?? '']),
        'Nobody is connected.',
      ),
  },
  {
    name: 'connections show',
    takes: ['app', 'e-mail'],
    about: 'one connection ("itself" for the app\'s own)',
    request: nothing,
    run: async (api, [app = '', email = '']) => api('GET', await connectionPath(api, app, email)),
    show: record,
  },
  {
    name: 'connections delete',
    takes: ['app', 'e-mail'],
    about: 'ends one, at the provider, too ("itself" for the app\'s own)',
    request: nothing,
    run: async (api, [app = '', email = '']) => api('DELETE', await connectionPath(api, app, email)),
    show: ({ untold }: { untold?: string }) =>
      untold ? `Ended here; the provider was not told: ${untold}.` : 'Ended.',
  },
];

const path = (id = '') => `/connected-apps/${encodeURIComponent(id)}`;

/** What the options say of an app. */
function said(values: Values) {
  const secret = values['client-secret'];
  return given({
    name: values.name,
    issuer: values.issuer,
    resource: values.resource,
    client_id: values['client-id'],
    // Not in the history of the shell.
    client_secret: secret === '-' ? readFileSync(0, 'utf8').trim() : secret,
    auth_method: values['auth-method'],
    scopes: values.scope?.split(' ').filter(Boolean),
    api: values.api,
    roles: values.role,
    raw_tokens: values['raw-tokens'],
    dpop: values.dpop,
    return_to: values['return-to'],
    query: parseJson('query', values.query),
    endpoints: parseJson('endpoints', values.endpoints),
  });
}

async function connectionPath(api: Api, app: string, email: string): Promise<string> {
  const person = email === 'itself' ? email : await idOf(api, email);
  return `/connections/${encodeURIComponent(app)}/${person}`;
}
