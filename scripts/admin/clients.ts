/** clients list | create | show | change | disable | enable | trust | distrust | rotate-secret | delete */
import { ClientChangesRequest, NewClientRequest, RotateSecretRequest } from '../../src/admin/requests.ts';
import {
  type Api,
  type Command,
  given,
  idOf,
  nothing,
  parseJson,
  parseNumber,
  record,
  table,
  type Values,
  validated,
} from './command.ts';

type Client = {
  client_id: string;
  client_secret?: string;
  origin: string;
  metadata: { client_name?: string; redirect_uris: string[] };
  trusted: boolean;
  disabled: boolean;
};

type Rotated = { client_secret: string; old_secret_good_until?: string };

export const CLIENT_COMMANDS: readonly Command[] = [
  {
    name: 'clients list',
    takes: [],
    about: 'all clients, oldest first',
    request: nothing,
    run: async (api) => ({ clients: await everyPage(api) }),
    show: ({ clients }: { clients: Client[] }) =>
      table(
        clients.map((client) => [client.client_id, client.metadata.client_name ?? '', client.origin, flags(client)]),
        'No clients yet.',
      ),
  },
  {
    name: 'clients create',
    takes: [],
    about: 'a new client; its secret, if it has one, is shown once',
    request: (_, values) =>
      validated(NewClientRequest, {
        metadata: { grant_types: ['authorization_code', 'refresh_token'], ...metadataOf(values) },
        ...standingOf(values),
      }),
    run: async (api, _, request) => api('POST', '/clients', await withPerson(api, request)),
    show: (client: Client) =>
      record({
        client_id: client.client_id,
        ...(client.client_secret ? { client_secret: `${client.client_secret}  (shown this once)` } : {}),
        redirect_uris: client.metadata.redirect_uris.join(' '),
      }),
  },
  {
    name: 'clients show',
    takes: ['client id'],
    about: 'everything about one client',
    request: nothing,
    run: (api, [id]) => api('GET', path(id)),
    show: ({ metadata, ...rest }: Client) => record({ ...rest, ...metadata }),
  },
  {
    name: 'clients change',
    takes: ['client id'],
    about: 'changes what the options name; narrower scopes or roles end what was issued before',
    request: (_, values) => {
      const metadata = metadataOf(values);
      return validated(ClientChangesRequest, {
        ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
        ...standingOf(values),
      });
    },
    run: async (api, [id], request) => api('PATCH', path(id), await withPerson(api, request)),
    show: ({ metadata, ...rest }: Client) => record({ ...rest, ...metadata }),
  },
  change('disable', { disabled: true }, 'nothing it was given works any more, at once'),
  change('enable', { disabled: false }, 'it may ask again; what it had before stays dead'),
  change('trust', { trusted: true }, 'people are never asked for consent'),
  change('distrust', { trusted: false }, 'people are asked again'),
  {
    name: 'clients rotate-secret',
    takes: ['client id'],
    about: 'a new secret, shown once; the old one stays good for --overlap-hours (0: not at all)',
    request: (_, values) =>
      validated(RotateSecretRequest, given({ overlap_hours: parseNumber('overlap-hours', values['overlap-hours']) })),
    run: (api, [id], request) => api('POST', `${path(id)}/secret`, request),
    show: ({ client_secret, old_secret_good_until: until }: Rotated) =>
      `${client_secret}  (shown this once)\n${until ? `The old one is good until ${until}.` : 'The old one is dead.'}`,
  },
  {
    name: 'clients delete',
    takes: ['client id'],
    about: 'removes it, and ends its grants',
    request: nothing,
    run: (api, [id]) => api('DELETE', path(id)),
    show: () => 'Deleted.',
  },
];

function change(verb: string, changes: Record<string, boolean>, about: string): Command {
  return {
    name: `clients ${verb}`,
    takes: ['client id'],
    about,
    request: () => validated(ClientChangesRequest, changes),
    run: (api, [id], request) => api('PATCH', path(id), request),
    show: (client: Client) => `${client.client_id}: ${flags(client) || 'enabled, people are asked for consent'}`,
  };
}

const path = (id = '') => `/clients/${encodeURIComponent(id)}`;

const flags = ({ trusted, disabled }: Client) =>
  [trusted && 'trusted', disabled && 'disabled'].filter(Boolean).join(', ');

async function everyPage(api: Parameters<Command['run']>[0]): Promise<Client[]> {
  const clients: Client[] = [];
  let after: string | undefined;
  do {
    const page: { clients: Client[]; next?: string } = await api('GET', `/clients${after ? `?after=${after}` : ''}`);
    clients.push(...page.clients);
    after = page.next;
  } while (after);
  return clients;
}

function metadataOf(values: Values): Record<string, unknown> {
  return {
    ...(parseJson('metadata', values.metadata) as Record<string, unknown> | undefined),
    ...given({
      client_name: values.name,
      redirect_uris: values['redirect-uri'],
      token_endpoint_auth_method: values['auth-method'],
      grant_types: values['grant-type'],
      scope: values.scope,
      jwks: parseJson('jwks', values.jwks),
      jwks_uri: values['jwks-uri'],
      require_pushed_authorization_requests: values['require-par'],
      dpop_bound_access_tokens: values['require-dpop'],
    }),
  };
}

const standingOf = (values: Values) =>
  given({
    trusted: values.trusted,
    roles: values.role,
    allowed_origins: values.origin,
    acts_as: values['acts-as'],
    exchange: parseJson('exchange', values.exchange),
  });

/** People are named by their addresses on the command line, and by their ids in the API. */
async function withPerson(api: Api, request: unknown): Promise<unknown> {
  const { acts_as, ...rest } = request as { acts_as?: string };
  if (acts_as === undefined) return request;
  return { ...rest, acts_as: acts_as === '' ? null : await idOf(api, acts_as) };
}
