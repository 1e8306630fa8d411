/** api-keys list | create | revoke */
import { NewApiKeyRequest } from '../../src/protocol/api-key.ts';
import { type Api, type Command, given, idOf, nothing, parseNumber, table, validated } from './command.ts';

type Key = { id: string; person: string; name: string; scope: string; expires_at: string; last_used_at: string | null };
type Page = { api_keys: Key[]; next?: string };

export const API_KEY_COMMANDS: readonly Command[] = [
  {
    name: 'api-keys list',
    takes: [],
    about: 'API keys that are good (--person)',
    request: (_, { person }) => person,
    run: (api, _, person) => everyKey(api, person as string | undefined),
    show: ({ api_keys }: Page) =>
      table(
        api_keys.map(({ id, name, scope, expires_at, last_used_at }) => [
          ...[id, name, scope, `until ${expires_at.slice(0, 10)}`],
          last_used_at ? `used ${last_used_at.slice(0, 16)}Z` : 'never used',
        ]),
        'There is no API key.',
      ),
  },
  {
    name: 'api-keys create',
    takes: ['e-mail'],
    about: 'a key that acts as a person, shown once (--name, --scope "profile email", --days 90)',
    request: (_, { name, scope, days }) =>
      validated(NewApiKeyRequest, given({ name, scope, days: parseNumber('days', days) })),
    run: async (api, [email], request) =>
      api('POST', '/api-keys', { ...(request as object), person: await idOf(api, email) }),
    show: ({ authorization, expires_at }: Key & { authorization: string }) =>
      `Authorization: ${authorization}  (shown this once)\nGood until ${expires_at}.`,
  },
  {
    name: 'api-keys revoke',
    takes: ['key id'],
    about: 'ends an API key at once',
    request: nothing,
    run: (api, [id = '']) => api('DELETE', `/api-keys/${encodeURIComponent(id)}`),
    show: () => 'Revoked.',
  },
];

async function everyKey(api: Api, email: string | undefined): Promise<Page> {
  const filter: Record<string, string> = email === undefined ? {} : { person: await idOf(api, email) };
  const api_keys: Key[] = [];
  let after: string | undefined;
  do {
    const query = new URLSearchParams({ ...filter, ...(after ? { after } : {}) });
    const page: Page = await api('GET', `/api-keys?${query}`);
    api_keys.push(...page.api_keys);
    after = page.next;
  } while (after);
  return { api_keys };
}
