/** The pages of social logins in the console, beside the definition of the record. */
export const consoleSocialLogins = {
  add: 'Add a social login',
  which: 'Identity provider',
  template: 'Documentation of the provider:',
  adding: (title: string) => `Signing in with ${title}`,
  tell: 'Register this redirect URI at the provider. It contains the ID below; another ID makes another URI:',
  incomplete: 'An incomplete social login is saved, but stays disabled.',
  clients: 'Create the client there:',
  copy: 'Copy',
  copied: 'Copied',
  redirectUri: 'Redirect URI',
  changing:
    'Saving reads the metadata of the provider again. An empty field keeps its value; an empty list becomes empty.',
  shown: 'shown',
  notShown: (why: string) => `not shown: ${why}`,
  documentation: 'Documentation',
  mapping: {
    caption: 'Role mapping',
    lead: 'At each sign-in, these roles are added where the claim has the value, and removed where it has not. Other roles stay.',
    column: { role: 'Role', values: 'Values of the claim' },
  },
};
