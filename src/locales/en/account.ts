/** The account page and the navigation of account pages. */
export const accountTexts = {
  title: 'Your account',
  navigation: 'Pages of your account',
  withRoles: (name: string, roles: readonly string[]) => `${name} · ${roles.join(', ')}`,
  signOut: 'Sign out',
  /** By the section of the page: its name, and the link to it on the overview. */
  sections: {
    overview: { label: 'Overview', action: 'Your account' },
    profile: { label: 'Profile', action: 'Edit your profile' },
    email: { label: 'E-mail', action: 'Change the address' },
    password: { label: 'Password', action: 'Choose another password' },
    passkeys: { label: 'Passkeys', action: 'Manage passkeys' },
    factor: { label: 'Two-step sign-in', action: 'Manage two-step sign-in' },
    methods: { label: 'Sign-in methods', action: 'Manage sign-in methods' },
    sessions: { label: 'Browsers', action: 'Manage browsers' },
    applications: { label: 'Applications', action: 'Manage access' },
    connected: { label: 'Connected accounts', action: 'Manage connected accounts' },
    keys: { label: 'API keys', action: 'Manage API keys' },
    data: { label: 'Your data', action: 'Download or delete' },
    console: { label: 'Console', action: 'Open the console' },
  },
  /** The link of a part that is not set up yet. */
  begin: {
    email: 'Confirm the address',
    password: 'Choose a password',
    passkeys: 'Add a passkey',
    factor: 'Set up two-step sign-in',
    keys: 'Create a key',
  },
  /** The state of each part, in one line. */
  states: {
    confirmed: (email: string) => `${email} (confirmed)`,
    notConfirmed: 'Not confirmed',
    passwordSet: <T>(day: T) => ['Set on ', day],
    noPassword: 'You have no password.',
    passwordsDisabled: 'Passwords are disabled here.',
    passkeys: (count: number) =>
      count === 0
        ? 'None yet: sign in with your fingerprint, face or device PIN.'
        : count === 1
          ? 'One passkey'
          : `${count} passkeys`,
    factorOn: <T>(day: T) => ['On since ', day],
    factorOff: 'Off: your password alone opens your account.',
    noMethods: 'No account at another service signs you in.',
    sessions: (count: number) => (count <= 1 ? 'Signed in with this browser only' : `Signed in with ${count} browsers`),
    applications: (count: number) =>
      count === 0
        ? 'No application may use your account.'
        : count === 1
          ? 'One application has access.'
          : `${count} applications have access.`,
    noConnections: 'No account at another service is connected.',
    reconnect: 'Reconnect needed',
    accountAt: (account: string, service: string) => `${account} at ${service}`,
    andOthers: (account: string, others: number) => `${account} and ${others} more`,
    noKeys: 'You have no key.',
    keys: <T>(count: number, day: T) => [count === 1 ? 'One key, expires ' : `${count} keys, the next expires `, day],
    data: 'A copy of everything that is stored about you.',
    deletion: 'Will be deleted',
    deletionDue: <T>(day: T) => ['Your account is deleted on ', day],
  },
  /** Confirmations, by the name in the query. */
  done: {
    profile: 'Your profile was saved.',
    password: 'Your password was changed. Your other browsers were signed out.',
    'mail-sent': 'We have sent a link to that address. Open it to confirm.',
    'passkey-added': 'The passkey is ready. You can sign in with it from now on.',
    'passkey-renamed': 'The passkey has its new name.',
    'passkey-removed': 'The passkey was removed. You may want to delete it on your device, too.',
    'factor-removed': 'Two-step sign-in is off.',
    'browser-forgotten': 'That browser is asked for a code at its next sign-in.',
    'browsers-forgotten': 'Every browser is asked for a code at its next sign-in.',
    'account-linked': 'It is linked. You can sign in with it from now on.',
    'account-unlinked': 'It is unlinked, and does not sign you in any more.',
    'session-ended': 'That browser was signed out.',
    'sessions-ended': 'All other browsers were signed out.',
    'sessions-end': 'All other browsers are signed out within minutes.',
    withdrawn: 'It may not use your account any more.',
    'scope-withdrawn': 'It may not do that any more.',
    'account-kept': 'Your account is kept.',
    'key-revoked': 'The key does not work any more.',
  } as Record<string, string>,
};
