/** The page behind a one-time link. */
export const welcomeTexts = {
  title: 'Welcome',
  lead: 'Choose the password with which you will sign in here.',
  again: {
    title: 'Choose a new password',
    lead: 'You will sign in with it from now on. All your browsers will be signed out.',
  },
  endAll: 'Sign out everywhere, and revoke applications and API keys',
  endAllHint: 'Leave this on if your account may have been used without your knowledge.',
  submit: 'Save this password',
  /** Shown while passwords are disabled. */
  methods: {
    lead: 'Choose how you will sign in here.',
    byProvider: 'An account at another service must have the address that this invitation is for.',
    or: 'Or without one:',
    passkey: 'Create a passkey',
    passkeyHint: 'This signs you in and uses up the link: create the passkey right away.',
  },
  bad: {
    title: 'This link is no longer valid',
    what: 'The link was used before, is too old, or was not copied whole.',
    how: <T>(link: (label: string) => T) => [
      'If you have chosen your password already, ',
      link('sign in'),
      '. Otherwise ask the sender of the link for a new one.',
    ],
  },
};
