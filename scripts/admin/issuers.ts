/** issuers list | show | put | delete | link | unlink */
import { IssuerRequest } from '../../src/admin/requests.ts';
import { type Command, given, idOf, nothing, parseJson, record, table, validated } from './command.ts';

type Issuer = { issuer: string; clients: string[]; scopes: string[]; match_email: boolean };

export const ISSUER_COMMANDS: readonly Command[] = [
  {
    name: 'issuers list',
    takes: [],
    about: 'who else may vouch for people (JWT bearer)',
    request: nothing,
    run: (api) => api('GET', '/issuers'),
    show: ({ issuers }: { issuers: Issuer[] }) =>
      table(
        issuers.map(({ issuer, clients, scopes }) => [issuer, clients.join(' ') || 'every client', scopes.join(' ')]),
        'Nobody else is trusted.',
      ),
  },
  {
    name: 'issuers show',
    takes: ['issuer'],
    about: 'how far it is trusted, and whom it means',
    request: nothing,
    run: (api, [issuer]) => api('GET', path(issuer)),
    show: record,
  },
  {
    name: 'issuers put',
    takes: ['issuer'],
    about: 'trusts it, or replaces how far (--jwks-uri or --jwks JSON, --client, --scope, --match-email)',
    request: (_, values) =>
      validated(IssuerRequest, {
        ...given({
          jwks_uri: values['jwks-uri'],
          jwks: parseJson('jwks', values.jwks),
          clients: values.client,
          scopes: values.scope?.split(' ').filter(Boolean),
          match_email: values['match-email'],
        }),
      }),
    run: (api, [issuer], request) => api('PUT', path(issuer), request),
    show: record,
  },
  {
    name: 'issuers delete',
    takes: ['issuer'],
    about: 'it vouches for nobody any more',
    request: nothing,
    run: (api, [issuer]) => api('DELETE', path(issuer)),
    show: () => 'Deleted.',
  },
  {
    name: 'issuers link',
    takes: ['issuer', 'subject', 'e-mail'],
    about: 'says whom the issuer means by a subject',
    request: nothing,
    run: async (api, [issuer, subject, email]) =>
      api('PUT', `${path(issuer)}/subjects`, { subject, person: await idOf(api, email) }),
    show: record,
  },
  {
    name: 'issuers unlink',
    takes: ['issuer', 'subject'],
    about: 'that subject is nobody any more',
    request: nothing,
    run: (api, [issuer, subject = '']) => api('DELETE', `${path(issuer)}/subjects/${encodeURIComponent(subject)}`),
    show: () => 'Unlinked.',
  },
];

const path = (issuer = '') => `/issuers/${encodeURIComponent(issuer)}`;
