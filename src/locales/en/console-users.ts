/** The pages of users in the console, beside the definition of the record. */
export const consoleUsers = {
  audit: 'Audit log',
  export: 'Export data',
  state: { enabled: 'enabled', disabled: 'disabled', deleting: 'to be deleted' },
  ways: {
    title: 'Sign-in methods',
    caption: 'Each works independently',
    column: { what: 'Method', which: 'Details', lastUsed: 'Last used', end: 'Remove' },
    none: 'They cannot sign in yet: they have not used their link.',
    password: 'Password',
    passkey: 'Passkey',
    elsewhere: (login: string) => `Linked account (${login})`,
    remove: 'Remove…',
  },
  grants: {
    title: 'Applications with access',
    none: 'None has access now.',
    caption: 'A row for each client',
    client: 'Client',
    scopes: 'Scopes',
    since: 'Since',
    lastUsed: 'Last used',
    withdraw: 'Revoke',
    end: 'Revoke access…',
  },
};
