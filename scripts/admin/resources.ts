/** resources list | show | put | delete */
import { ResourceRequest } from '../../src/admin/requests.ts';
import { type Command, given, nothing, parseNumber, record, table, validated } from './command.ts';

type Resource = { resource: string; name: string; scopes: { name: string; description: string }[]; client_id?: string };

export const RESOURCE_COMMANDS: readonly Command[] = [
  {
    name: 'resources list',
    takes: [],
    about: 'the protected resources beside this server itself',
    request: nothing,
    run: (api) => api('GET', '/resources'),
    show: ({ resources }: { resources: Resource[] }) =>
      table(
        resources.map(({ resource, name, scopes }) => [resource, name, scopes.map((scope) => scope.name).join(' ')]),
        'No resource is registered: tokens are for this server and the paths below it.',
      ),
  },
  {
    name: 'resources show',
    takes: ['resource'],
    about: 'everything about one of them',
    request: nothing,
    run: (api, [resource]) => api('GET', path(resource)),
    show: record,
  },
  {
    name: 'resources put',
    takes: ['resource'],
    about: 'registers one, or replaces what is said of it (--name, --resource-scope "files.read Read your files", …)',
    request: (_, values) =>
      validated(ResourceRequest, {
        scopes: (values['resource-scope'] ?? []).map(parseScope),
        ...given({
          name: values.name,
          documentation: values.documentation,
          policy_uri: values['policy-uri'],
          tos_uri: values['tos-uri'],
          token_minutes: parseNumber('minutes', values.minutes),
          client_id: values.client?.[0],
          dpop_required: values['require-dpop'],
        }),
      }),
    run: (api, [resource], request) => api('PUT', path(resource), request),
    show: record,
  },
  {
    name: 'resources delete',
    takes: ['resource'],
    about: 'nobody gets a token for it any more',
    request: nothing,
    run: (api, [resource]) => api('DELETE', path(resource)),
    show: () => 'Deleted.',
  },
];

const path = (resource = '') => `/resources/${encodeURIComponent(resource)}`;

/** The name, then a space, then what a person reads. */
function parseScope(text: string) {
  const [name = '', ...words] = text.split(' ');
  return { name, description: words.join(' ') || name };
}
