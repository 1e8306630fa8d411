/** Initial access tokens in the console. */
export const consoleInitialTokens = {
  title: 'Initial access tokens',
  lead: 'Whoever has one may register clients here, each with a token of its own to manage itself by.',
  add: 'Make an initial access token',
  submit: 'Make it',
  change: (name: string) => `Change ${name}`,
  changing: 'The token itself stays what it is. Leave the days empty to keep its end.',
  column: { name: 'For', uses: 'Clients that it may still register', until: 'Good until', act: 'Change or delete' },
  over: 'over',
  fields: { name: 'Name', uses: 'Clients', days: 'Days' },
  made: (name: string) => `The token for ${name}`,
  once: 'The token is shown this once. Give it to whoever is to register.',
  token: 'Initial access token',
  asking: (name: string) => ({
    heading: `Delete the token for ${name}?`,
    what: 'Nobody registers with it any more. Clients that it registered stay.',
    submit: 'Delete it',
  }),
};
