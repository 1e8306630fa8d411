/** tokens list | show | revoke · grants list | show | revoke | revoke-all · devices list | show | delete · codes list | show | revoke */
import { RevocationRequest } from '../../src/admin/requests.ts';
import { type Api, type Command, given, idOf, nothing, showing, table, type Values, validated } from './command.ts';

type Token = { id: string; client_id: string; person: string | null; scope: string; resource: string; status: string };
type Grant = { id: string; client_id: string; person: string; scope: string; since: string; status: string };
type Device = { id: string; client_id: string; scope: string; status: string; expires_at: string };
type Code = { hash: string; client_id: string; person: string; scope: string; expires_at: string };

export const TOKEN_COMMANDS: readonly Command[] = [
  {
    name: 'tokens list',
    takes: [],
    about: 'access tokens that have not expired (of a --client, a --person or a --grant)',
    request: (_, values) => filterOf(values),
    run: async (api, _, filter) => api('GET', `/tokens?${await queryOf(api, filter)}`),
    show: ({ tokens }: { tokens: Token[] }) =>
      table(
        tokens.map(({ id, client_id, person, scope, status }) => [id, client_id, person ?? '(itself)', scope, status]),
        'No token is out.',
      ),
  },
  showing('tokens', 'token id', 'one access token'),
  {
    name: 'tokens revoke',
    takes: ['token id'],
    about: 'ends one access token',
    request: nothing,
    run: (api, [id = '']) => api('DELETE', `/tokens/${encodeURIComponent(id)}`),
    show: () => 'Revoked.',
  },
  {
    name: 'grants list',
    takes: [],
    about: 'what people let clients do (--client, --person)',
    request: (_, values) => filterOf(values),
    run: async (api, _, filter) => api('GET', `/grants?${await queryOf(api, filter)}`),
    show: ({ grants }: { grants: Grant[] }) =>
      table(
        grants.map((grant) => [grant.id, grant.client_id, grant.person, grant.scope, grant.since, grant.status]),
        'Nobody has agreed to anything yet.',
      ),
  },
  showing('grants', 'grant id', 'one grant'),
  {
    name: 'grants revoke',
    takes: ['grant id'],
    about: 'ends one grant, its refresh token and its access tokens',
    request: nothing,
    run: (api, [id = '']) => api('DELETE', `/grants/${encodeURIComponent(id)}`),
    show: () => 'Revoked.',
  },
  {
    name: 'grants revoke-all',
    takes: [],
    about: 'ends all of a --client, of a --person, or of that person with that client; codes, too',
    request: (_, values) => validated(RevocationRequest, filterOf(values)),
    run: async (api, _, filter) => api('POST', '/revocations', await withPerson(api, filter as Filter)),
    show: () => 'Revoked.',
  },
  {
    name: 'devices list',
    takes: [],
    about: 'devices that wait for a person, or have been answered',
    request: nothing,
    run: (api) => api('GET', '/devices'),
    show: ({ devices }: { devices: Device[] }) =>
      table(
        devices.map(({ id, client_id, scope, status, expires_at }) => [id, client_id, scope, status, expires_at]),
        'No device waits.',
      ),
  },
  showing('devices', 'device id', 'one device'),
  {
    name: 'devices delete',
    takes: ['device id'],
    about: 'its code is over',
    request: nothing,
    run: (api, [id = '']) => api('DELETE', `/devices/${encodeURIComponent(id)}`),
    show: () => 'Deleted.',
  },
  {
    name: 'codes list',
    takes: [],
    about: 'authorization codes that wait to be redeemed',
    request: nothing,
    run: (api) => api('GET', '/codes'),
    show: ({ codes }: { codes: Code[] }) =>
      table(
        codes.map((code) => [code.hash, code.client_id, code.person, code.scope, code.expires_at]),
        'No code is outstanding.',
      ),
  },
  showing('codes', 'hash', 'one code'),
  {
    name: 'codes revoke',
    takes: ['hash'],
    about: 'it can no longer be redeemed',
    request: nothing,
    run: (api, [hash = '']) => api('DELETE', `/codes/${encodeURIComponent(hash)}`),
    show: () => 'Revoked.',
  },
];

type Filter = { client?: string; person?: string; grant?: string };

const filterOf = (values: Values) =>
  given({ client: values.client?.[0], person: values.person, grant: values.grant }) as Filter;

/** People are named by their addresses on the command line, and by their ids in the API. */
async function withPerson(api: Api, filter: Filter): Promise<Filter> {
  return filter.person?.includes('@') ? { ...filter, person: await idOf(api, filter.person) } : filter;
}

async function queryOf(api: Api, filter: unknown): Promise<string> {
  return new URLSearchParams(await withPerson(api, filter as Filter)).toString();
}
