/** API keys in the console. */
export const consoleApiKeys = {
  title: 'API keys',
  lead: 'By a key a script acts as one person, within its scopes. Here are all that are good; people make their own in their account.',
  add: 'Make an API key',
  adding: 'For a script that acts as somebody. Its scopes are at most those that the person could give it themselves.',
  submit: 'Make it',
  search: { label: 'The id of a person (u_…)', hint: 'The whole id: parts of one find nothing.' },
  column: {
    name: 'For',
    person: 'Person',
    scopes: 'Scopes',
    since: 'Since',
    until: 'Good until',
    lastUsed: 'Last used',
    end: 'Revoke it',
  },
  fields: { person: 'Person', name: 'Name', scope: 'Scopes', days: 'Days' },
  made: (name: string) => `The key for ${name}`,
  once: 'The key is shown this once. Give it to the person, or put it where the script reads it.',
  header: 'Authorization header',
  end: 'Revoke…',
  asking: (name: string) => ({
    heading: `Revoke the key for ${name}?`,
    what: 'It is refused from now on, at once and everywhere. Other keys of the person stay.',
    submit: 'Revoke',
  }),
};
