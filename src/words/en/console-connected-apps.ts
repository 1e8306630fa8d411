/** Connected apps in the console. */
import { choicesElsewhere } from './elsewhere.ts';

export const consoleConnectedApps = {
  title: 'Connected apps',
  lead: 'Servers elsewhere at which this one is a client: people connect their account there once, and your programs use it from here with a token that is good.',
  add: 'Add a connected app',
  which: 'Where is it?',
  template: 'Documentation of the provider:',
  adding: (title: string) => `A connected app: ${title}`,
  tell: 'The provider must be told this redirect URI, with the id in place of <id>:',
  itself: 'Where no client id is given, this server becomes a client there by itself, if it can.',
  submit: 'Add it',
  change: (name: string) => `Change ${name}`,
  changing: 'Saving looks at the server again. What is left empty stays as it is; lists that are emptied are empty.',
  column: { name: 'Name', id: 'Id', issuer: 'Server', how: 'How this server is a client there', state: 'State' },
  state: { on: 'on', disabled: 'disabled' },
  how: {
    given: 'registered by hand',
    document: 'by its own document',
    registered: 'it registered itself',
  } as Record<string, string>,
  isDisabled: 'It is disabled: nobody connects or uses it. Those who connected it can still give that back.',
  fields: {
    id: 'Id',
    name: 'Name',
    client_id: 'Client id',
    client_secret: 'Client secret',
    issuer: 'Issuer',
    resource: 'Resource',
    endpoints: 'Endpoints',
    auth_method: 'How this server proves itself there',
    scopes: 'Scopes',
    query: 'Further parameters',
    api: 'Where its tokens may be sent',
    roles: 'Roles that may connect it',
    raw_tokens: 'Who may take tokens out',
    dpop: 'Tokens bound to a key',
    return_to: 'Other origins to come back to',
  },
  choices: {
    nobody: 'nobody: tokens stay here',
    people: 'programs of the person',
    workers: 'Workers bound to this one',
    both: 'both',
    auto: 'where the server can, and nobody takes tokens out',
    ...choicesElsewhere,
  } as Record<string, string>,
  fact: {
    id: 'Id',
    issuer: 'Server',
    resource: 'Resource',
    redirect: 'Redirect URI',
    client: 'Client id there',
    how: 'How this server is a client there',
    method: 'How it proves itself there',
    scopes: 'Scopes that are asked for',
    api: 'Where its tokens may be sent',
    roles: 'For people with the role',
    everybody: 'everybody',
    raw: 'Who may take tokens out',
    dpop: 'Tokens bound to a key',
    connect: 'Where people connect it',
    documentation: 'Documentation',
    created: 'Since',
  },
  acts: { edit: 'Change', refresh: 'Look at it again', disable: 'Disable', enable: 'Enable', delete: 'Delete' },
  connections: {
    title: 'Who has connected it',
    caption: 'Connections',
    search: { label: 'The id of a person (u_…)', hint: 'The whole id: parts of one find nothing.' },
    itself: 'the app itself',
    column: { person: 'Person', account: 'As', scopes: 'Scopes', state: 'State', since: 'Since', end: 'End it' },
    states: { connected: 'connected', reconnect: 'reconnect needed' } as Record<string, string>,
    end: 'End it…',
  },
  asking: {
    refresh: (name: string) => ({
      heading: `Look at ${name} again?`,
      what: 'What the server says of itself is read again. Where it moved to another issuer, this server registers there anew, and people connect again.',
      submit: 'Look again',
    }),
    disable: (name: string) => ({
      heading: `Disable ${name}?`,
      what: 'Nobody connects it, and nobody gets or uses a token of it. What is connected stays, and works again when it is enabled.',
      submit: 'Disable',
    }),
    enable: (name: string) => ({
      heading: `Enable ${name}?`,
      what: 'People may connect it, and what is connected works again.',
      submit: 'Enable',
    }),
    delete: (name: string, connections: string) => ({
      heading: `Delete ${name}?`,
      what: `${connections} Their tokens are given back at the provider, and the registration there ends where this server made it.`,
      submit: 'Delete it',
    }),
    end: (name: string) => ({
      heading: `End this connection to ${name}?`,
      what: 'Its tokens are given back at the provider, and gone here. The person can connect again.',
      submit: 'End it',
    }),
  },
  count: (count: number, more: boolean) =>
    more
      ? `More than ${count} connections end.`
      : count === 0
        ? 'Nobody has connected it.'
        : count === 1
          ? 'One connection ends.'
          : `${count} connections end.`,
};
