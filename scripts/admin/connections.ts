/** connected-apps templates | reseal, connections list | show | delete: the others follow from the definition. */
import { type Api, type Command, idOf, nothing, queryOf, record, table } from './command.ts';
import { textIn, textOption } from './options.ts';

type Template = { template: string; title: string; needs: string[]; documentation: string; read: string };
type Connection = { app: string; user: string; state: string; scope: string; reason: string | null };

export const CONNECTION_COMMANDS: readonly Command[] = [
  {
    name: 'connected-apps templates',
    takes: [],
    about: 'what is known of providers, and what each needs',
    request: nothing,
    run: (api) => api('GET', '/connection-templates'),
    show: ({ templates }: { templates: Template[] }) =>
      table(
        templates.map(({ template, title, needs, documentation, read }) => [
          template,
          title,
          needs.length > 0 ? `needs ${needs.join(' ')}` : '',
          `${documentation} (${read})`,
        ]),
        '',
      ),
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
    about: 'The connections of users and of apps',
    options: [
      textOption('app', 'only those of this connected app'),
      textOption('user', 'only those of this user', 'E-MAIL'),
    ],
    request: (_, values) => ({ app: textIn(values, 'app'), user: textIn(values, 'user') }),
    run: async (api, _, filters) =>
      api('GET', `/connections?${await queryOf(api, filters as Record<string, string | undefined>)}`),
    show: ({ connections }: { connections: Connection[] }) =>
      table(
        connections.map((row) => [row.app, row.user, row.state, row.scope, row.reason ?? '']),
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

async function connectionPath(api: Api, app: string, email: string): Promise<string> {
  const user = email === 'itself' ? email : await idOf(api, email);
  return `/connections/${encodeURIComponent(app)}/${user}`;
}
