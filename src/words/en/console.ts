/** The frame of the administrator's console, and what its pages have in common. */
export const console = {
  navigation: 'Pages of the console',
  /** By the name that a page gives its section. */
  sections: {
    overview: 'Overview',
    settings: 'Settings',
    clients: 'Clients',
    tokens: 'Tokens',
    codes: 'Waiting codes',
    people: 'People',
    resources: 'Resources',
    issuers: 'Trusted issuers',
    connectedApps: 'Connected apps',
    socialLogins: 'Social logins',
    keys: 'Signing keys',
    audit: 'Audit log',
  },
  readsOnly: 'You can see everything here, and change nothing.',
  /** Above a list. */
  search: 'Search',
  /** The search of a short list. */
  anywhere: { label: 'What stands in a name or an id', hint: 'Any part of it.' },
  found: (count: number, more: boolean) =>
    more ? `The first ${count}; there are more` : count === 1 ? '1 found' : `${count} found`,
  none: 'Nothing to show.',
  noneFound: 'Nothing was found.',
  all: 'Show all',
  pages: 'Pages of this list',
  next: 'Next page',
  first: 'First page',
  partly: (databases: string) => `These databases did not answer, so what they hold is missing here: ${databases}.`,
  back: 'Go back, change nothing',
  yes: 'yes',
  no: 'no',
  never: 'never',
  change: 'Change',
  delete: 'Delete…',
  save: 'Save',
  /** Below a secret that is shown once. */
  copied: 'I have copied it',
  problem: 'Nothing was saved. Please look at what is marked below.',
  /** Forms about records. */
  form: {
    unsaid: 'not said',
    further: 'More that can be said',
    between: (least: number, most: number) => `A whole number from ${least} to ${most}.`,
    /** How the field is filled, by its kind. */
    how: {
      list: 'One on a line.',
      pairs: 'One on a line, such as name=value.',
      named: 'One on a line: its name, a space, and what people read.',
      json: 'As JSON.',
    } as Record<string, string>,
    missing: 'This is needed.',
    address: 'This must be an address such as https://example.com.',
    notJson: 'This is not JSON.',
    line: (number: number) => `Line ${number}: `,
    refused: (why: string) => `Nothing was saved: ${why}`,
    changedMeanwhile:
      'Somebody changed this while you had the page open. Here is what you typed: look at it again before you save.',
  },
  /** What was just done, by the name in the address. */
  done: {
    saved: 'It was saved. Others follow within 30 seconds.',
    added: 'It was added.',
    deleted: 'It is gone.',
    client: 'The client was saved. Others follow within 30 seconds.',
    'client-disabled': 'The client is disabled, and all that it had has ended.',
    'client-enabled': 'The client may begin anew.',
    'client-ended': 'It has ended.',
    'client-deleted': 'The client is gone.',
    ended: 'It has ended.',
    partly: 'A database did not answer: what it holds has not ended. Please try again in a minute.',
    removed: 'It is gone.',
    untold: 'It has ended here; the provider could not be told.',
    'person-disabled': 'The person is disabled, and all that was theirs has ended.',
    'person-enabled': 'The person may sign in again.',
    settings: 'The settings were saved.',
    'setting-reset': 'The setting is as it was in the beginning.',
  } as Record<string, string>,
};
