/** people add | change | list | show | invite | disable | enable | roles | withdraw */
import { NewPersonRequest, PersonChangesRequest } from '../../src/admin/requests.ts';
import { Failure } from '../failure.ts';
import { type Api, type Command, given, idOf, nothing, record, table, type Values, validated } from './command.ts';

type Person = {
  id: string;
  email: string;
  name: string;
  roles: string[];
  disabled: boolean;
  link?: string;
  mailed?: boolean;
};

export const PEOPLE_COMMANDS: readonly Command[] = [
  {
    name: 'people add',
    takes: ['e-mail'],
    about: 'a new person (--role, and as for change); prints the one-time link with which they choose a password',
    request: ([email], values) =>
      validated(NewPersonRequest, { email, roles: values.role, ...profileOf(values), name: values.name ?? email }),
    run: (api, _, request) => api('POST', '/people', request),
    show: ({ email, link, mailed }: Person) =>
      `${email} was added${mailed ? ' and has mail' : ''}. Give them this link; it works once, for seven days:\n${link}`,
  },
  {
    name: 'people list',
    takes: [],
    about: 'everybody, oldest first',
    request: nothing,
    run: (api) => everybody(api),
    show: ({ people }: { people: Person[] }) =>
      table(
        people.map((person) => [person.email, person.name, person.roles.join(' '), person.disabled ? 'disabled' : '']),
        'Nobody yet: the first administrator is made at the first sign-in.',
      ),
  },
  {
    name: 'people show',
    takes: ['e-mail'],
    about: 'one person, and the applications with access',
    request: nothing,
    run: async (api, [email]) => api('GET', `/people/${await idOf(api, email)}`),
    show: record,
  },
  {
    name: 'people invite',
    takes: ['e-mail'],
    about: 'another one-time link, for a lost link or a lost password',
    request: nothing,
    run: async (api, [email]) => api('POST', `/people/${await idOf(api, email)}/invitation`),
    show: ({ link }: { link: string }) => link,
  },
  {
    name: 'people change',
    takes: ['e-mail'],
    about: '--name --given-name --family-name --picture; "" takes one away; --email-verified yes|no',
    request: (_, values) => validated(PersonChangesRequest, profileOf(values)),
    run: async (api, [email], request) => api('PATCH', `/people/${await idOf(api, email)}`, request),
    show: record,
  },
  change('disable', true, 'ends every session and grant, at once'),
  change('enable', false, 'they may sign in again'),
  {
    name: 'people roles',
    takes: ['e-mail', 'roles'],
    about: 'sets the roles, joined by commas; "" takes all away',
    request: ([, roles = '']) => validated(PersonChangesRequest, { roles: roles.split(',').filter(Boolean) }),
    run: async (api, [email], request) => api('PATCH', `/people/${await idOf(api, email)}`, request),
    show: ({ email, roles }: Person) => `${email}: ${roles.join(', ') || 'no roles'}`,
  },
  {
    name: 'people remove-passkey',
    takes: ['e-mail', 'passkey id'],
    about: 'takes a passkey away, as of a lost device; people show lists them',
    request: nothing,
    run: async (api, [email, passkey = '']) =>
      api('DELETE', `/people/${await idOf(api, email)}/passkeys/${encodeURIComponent(passkey)}`),
    show: () => 'Removed.',
  },
  {
    name: 'people withdraw',
    takes: ['e-mail', 'client id'],
    about: 'ends all that the person let the client do',
    request: nothing,
    run: async (api, [email, client = '']) =>
      api('DELETE', `/people/${await idOf(api, email)}/consents/${encodeURIComponent(client)}`),
    show: () => 'Withdrawn.',
  },
];

/** What applications may read of a person. */
function profileOf(values: Values): Record<string, unknown> {
  const verified = values['email-verified'];
  if (verified !== undefined && !['yes', 'no'].includes(verified)) throw new Failure('--email-verified is yes or no.');
  const orNull = (text: string | undefined) => (text === '' ? null : text);
  return given({
    name: values.name,
    given_name: orNull(values['given-name']),
    family_name: orNull(values['family-name']),
    picture: orNull(values.picture),
    email_verified: verified === undefined ? undefined : verified === 'yes',
  });
}

function change(verb: string, disabled: boolean, about: string): Command {
  return {
    name: `people ${verb}`,
    takes: ['e-mail'],
    about,
    request: () => validated(PersonChangesRequest, { disabled }),
    run: async (api, [email], request) => api('PATCH', `/people/${await idOf(api, email)}`, request),
    show: (person: Person) => `${person.email}: ${person.disabled ? 'disabled' : 'enabled'}`,
  };
}

async function everybody(api: Api): Promise<{ people: Person[] }> {
  const people: Person[] = [];
  let after: string | undefined;
  do {
    const page: { people: Person[]; next?: string } = await api('GET', `/people${after ? `?after=${after}` : ''}`);
    people.push(...page.people);
    after = page.next;
  } while (after);
  return { people };
}
