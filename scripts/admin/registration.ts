/** initial-tokens list | create | change | delete */
import { InitialAccessTokenChangesRequest, NewInitialAccessTokenRequest } from '../../src/admin/requests.ts';
import { type Command, given, nothing, parseNumber, table, validated } from './command.ts';

type Token = { id: string; name: string; uses_left: number; expires_at: string };

export const REGISTRATION_COMMANDS: readonly Command[] = [
  {
    name: 'initial-tokens list',
    takes: [],
    about: 'what lets others register clients that they manage',
    request: nothing,
    run: (api) => api('GET', '/initial-access-tokens'),
    show: ({ tokens }: { tokens: Token[] }) =>
      table(
        tokens.map(({ id, name, uses_left, expires_at }) => [id, name, `${uses_left} left`, `until ${expires_at}`]),
        'There is none.',
      ),
  },
  {
    name: 'initial-tokens create',
    takes: ['name'],
    about: 'a new one, shown once (--uses 1, --days 7)',
    request: ([name], values) =>
      validated(NewInitialAccessTokenRequest, {
        name,
        ...given({ uses: parseNumber('uses', values.uses), days: parseNumber('days', values.days) }),
      }),
    run: (api, _, request) => api('POST', '/initial-access-tokens', request),
    show: (token: Token & { initial_access_token: string }) =>
      `${token.initial_access_token}  (shown this once)\nGood for ${token.uses_left} clients, until ${token.expires_at}.`,
  },
  {
    name: 'initial-tokens change',
    takes: ['id'],
    about: 'another --name, more or fewer --uses, good for --days from now',
    request: (_, values) =>
      validated(
        InitialAccessTokenChangesRequest,
        given({
          name: values.name,
          uses: parseNumber('uses', values.uses),
          days: parseNumber('days', values.days),
        }),
      ),
    run: (api, [id], request) => api('PATCH', `/initial-access-tokens/${id}`, request),
    show: ({ name, uses_left, expires_at }: Token) => `${name}: ${uses_left} left, until ${expires_at}`,
  },
  {
    name: 'initial-tokens delete',
    takes: ['id'],
    about: 'it registers nobody any more',
    request: nothing,
    run: (api, [id]) => api('DELETE', `/initial-access-tokens/${id}`),
    show: () => 'Deleted.',
  },
];
