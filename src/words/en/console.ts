/** The frame of the administrator's console, and what its pages have in common. */
export const console = {
  navigation: 'Pages of the console',
  /** By the name that a page gives its section. */
  sections: {
    overview: 'Overview',
    settings: 'Settings',
    clients: 'Clients',
    tokens: 'Tokens',
    codes: 'Codes',
    people: 'People',
    resources: 'Resources',
    connectedApps: 'Connected apps',
    socialLogins: 'Social logins',
    keys: 'Signing keys',
    audit: 'Audit log',
  },
  readsOnly: 'You can see everything here, and change nothing.',
  /** Above a list. */
  search: 'Search',
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
  problem: 'Nothing was saved. Please look at what is marked below.',
  /** What was just done, by the name in the address. */
  done: {
    client: 'The client was saved. Others follow within 30 seconds.',
    'client-disabled': 'The client is disabled, and all that it had has ended.',
    'client-enabled': 'The client may begin anew.',
    'client-ended': 'It has ended.',
    'client-deleted': 'The client is gone.',
    ended: 'It has ended.',
    settings: 'The settings were saved.',
    'setting-reset': 'The setting is as it was in the beginning.',
  } as Record<string, string>,
};
