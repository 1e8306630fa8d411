/** social-logins providers | list | show | create | change | disable | enable | delete, identities list | delete */
import { readFileSync } from 'node:fs';
import { NewSocialLoginRequest, SocialLoginChangesRequest } from '../../src/admin/social-login-schemas.ts';
import {
  type Command,
  given,
  idOf,
  nothing,
  parseJson,
  parseSwitch,
  record,
  showing,
  table,
  type Values,
  validated,
} from './command.ts';

type Login = { id: string; provider: string; name: string; why_not_shown: string | null };
type Provider = { provider: string; title: string; needs: string[]; documentation: string; read: string };
type Linked = { id: string; login: string; person: string; account: string | null; subject: string };
type Users = { people: number; without_another_way: number };

const OPTIONS =
  '--name --client-id --client-secret (- reads it) --issuer --scope --sign-up --role --trust-email yes|no --trust-fresh yes|no --link-by-email yes|no --tenant --any-tenant yes|no --team-id --key-id --user-id --dpop auto|always|never --query JSON --base-url --endpoints JSON';

export const SOCIAL_LOGIN_COMMANDS: readonly Command[] = [
  {
    name: 'social-logins providers',
    takes: [],
    about: 'what is known of providers to sign in with, and what each needs',
    request: nothing,
    run: (api) => api('GET', '/social-login-providers'),
    show: ({ providers }: { providers: Provider[] }) =>
      table(
        providers.map(({ provider, title, needs, documentation, read }) => [
          ...[provider, title, needs.length > 0 ? `needs ${needs.join(' ')}` : ''],
          `${documentation} (${read})`,
        ]),
        '',
      ),
  },
  {
    name: 'social-logins list',
    takes: [],
    about: 'with whose accounts people sign in; why the sign-in page does not show one',
    request: nothing,
    run: (api) => api('GET', '/social-logins'),
    show: ({ social_logins }: { social_logins: Login[] }) =>
      table(
        social_logins.map(({ id, provider, name, why_not_shown }) => [
          ...[id, provider, name],
          why_not_shown === null ? 'shown' : `not shown: ${why_not_shown}`,
        ]),
        'Nobody signs in with an account elsewhere.',
      ),
  },
  {
    name: 'social-logins show',
    takes: ['id'],
    about: 'everything about one of them: its redirect URI, how many people it signs in, …',
    request: nothing,
    run: (api, [id]) => api('GET', path(id)),
    show: record,
  },
  {
    name: 'social-logins create',
    takes: ['id', 'provider'],
    about: `a new one, filled from what the provider says of itself (${OPTIONS})`,
    request: ([id, provider], values) => validated(NewSocialLoginRequest, { id, provider, ...said(values) }),
    run: (api, _, request) => api('POST', '/social-logins', request),
    show: record,
  },
  {
    name: 'social-logins change',
    takes: ['id'],
    about: 'another secret, other rules, … (the same options)',
    request: (_, values) => validated(SocialLoginChangesRequest, said(values)),
    run: (api, [id], request) => api('PATCH', path(id), request),
    show: record,
  },
  ...(['disable', 'enable'] as const).map((verb) => ({
    name: `social-logins ${verb}`,
    takes: ['id'],
    about: verb === 'disable' ? 'nobody signs in with it any more' : 'from now on again',
    request: nothing,
    run: (api: Parameters<Command['run']>[0], [id]: string[]) =>
      api('PATCH', path(id), { disabled: verb === 'disable' }),
    show: record,
  })),
  {
    name: 'social-logins delete',
    takes: ['id'],
    about: 'away with it, and with every link to it; the accounts of people stay',
    request: nothing,
    run: (api, [id]) => api('DELETE', path(id)),
    show: ({ people, without_another_way }: Users) =>
      `Deleted. ${people} people signed in with it; ${without_another_way} of them have no other way to sign in now.`,
  },
  {
    name: 'identities list',
    takes: [],
    about: 'accounts elsewhere that sign people in (--login, --person E-MAIL)',
    request: (_, values) => given({ login: values.login, person: values.person }),
    run: async (api, _, request) => {
      const { login, person } = request as { login?: string; person?: string };
      const filter = given({ login, person: person && (await idOf(api, person)) }) as Record<string, string>;
      return api('GET', `/identities?${new URLSearchParams(filter)}`);
    },
    show: ({ identities }: { identities: Linked[] }) =>
      table(
        identities.map(({ id, login, person, account, subject }) => [id, login, person, account ?? subject]),
        'No account elsewhere signs anybody in.',
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

const path = (id = '') => `/social-logins/${encodeURIComponent(id)}`;

/** What the options say of a social login. */
function said(values: Values) {
  const secret = values['client-secret'];
  return given({
    name: values.name,
    issuer: values.issuer,
    client_id: values['client-id'],
    // Not in the history of the shell.
    client_secret: secret === '-' ? readFileSync(0, 'utf8').trim() : secret,
    auth_method: values['auth-method'],
    scopes: values.scope?.split(' ').filter(Boolean),
    sign_up: values['sign-up'],
    roles: values.role,
    dpop: values.dpop,
    trust_email: parseSwitch('trust-email', values['trust-email']),
    trust_fresh: parseSwitch('trust-fresh', values['trust-fresh']),
    link_by_email: parseSwitch('link-by-email', values['link-by-email']),
    tenants: values.tenant,
    any_tenant: parseSwitch('any-tenant', values['any-tenant']),
    team_id: values['team-id'],
    key_id: values['key-id'],
    user_id: values['user-id'],
    query: parseJson('query', values.query),
    base_url: values['base-url'],
    endpoints: parseJson('endpoints', values.endpoints),
  });
}
