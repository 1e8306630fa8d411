/** The page behind a one-time link. */
export const welcome = {
  title: 'Welcome',
  lead: 'Choose the password with which you will sign in here.',
  again: {
    title: 'Choose a new password',
    lead: 'You will sign in with it from now on. All your browsers will be signed out.',
  },
  submit: 'Keep this password',
  /** Where passwords are switched off. */
  ways: {
    lead: 'Choose how you will sign in here.',
    byProvider: 'An account elsewhere must have the address that this invitation is for.',
    or: 'Or without one:',
    passkey: 'Make a passkey',
    passkeyHint: 'This signs you in, and the link is used up: make the passkey then and there.',
  },
  bad: {
    title: 'This link is no longer good',
    what: 'The link was used before, is too old, or was not copied whole.',
    how: <T>(link: (label: string) => T) => [
      'If you have chosen your password already, ',
      link('sign in'),
      '. Otherwise ask whoever sent you the link for a new one.',
    ],
  },
};
