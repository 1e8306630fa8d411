/** social-logins providers, identities list | show | delete: the others follow from the definition. */
import { type Command, nothing, queryOf, showing, table } from './command.ts';
import { textIn, textOption } from './options.ts';

type Provider = { provider: string; title: string; needs: string[]; documentation: string; read: string };
type Linked = { id: string; login: string; user: string; account: string | null; subject: string };

export const IDENTITY_COMMANDS: readonly Command[] = [
  {
    name: 'social-logins providers',
    takes: [],
    about: 'what is known of providers to sign in with, and what each needs',
    request: nothing,
    run: (api) => api('GET', '/social-login-providers'),
    show: ({ providers }: { providers: Provider[] }) =>
      table(
        providers.map(({ provider, title, needs, documentation, read }) => [
          provider,
          title,
          needs.length > 0 ? `needs ${needs.join(' ')}` : '',
          `${documentation} (${read})`,
        ]),
        '',
      ),
  },
  {
    name: 'identities list',
    takes: [],
    about: 'The accounts at identity providers that are linked to users',
    options: [
      textOption('login', 'only those of this social login'),
      textOption('user', 'only those of this user', 'E-MAIL'),
    ],
    request: (_, values) => ({ login: textIn(values, 'login'), user: textIn(values, 'user') }),
    run: async (api, _, filters) =>
      api('GET', `/identities?${await queryOf(api, filters as Record<string, string | undefined>)}`),
    show: ({ identities }: { identities: Linked[] }) =>
      table(
        identities.map(({ id, login, user, account, subject }) => [id, login, user, account ?? subject]),
        'There are no linked accounts.',
      ),
  },
  showing('identities', 'identity id', 'one linked account'),
  {
    name: 'identities delete',
    takes: ['id'],
    about: 'unlinks one; it signs nobody in any more',
    request: nothing,
    run: (api, [id = '']) => api('DELETE', `/identities/${encodeURIComponent(id)}`),
    show: () => 'Unlinked.',
  },
];
