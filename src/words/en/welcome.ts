/** The page behind a one-time link. */
export const welcome = {
  title: 'Welcome',
  lead: 'Choose the password with which you will sign in here.',
  submit: 'Keep this password',
  bad: {
    title: 'This link is no longer good',
    what: 'The link was used before, is older than seven days, or was not copied whole.',
    how: <T>(link: (label: string) => T) => [
      'If you have chosen your password already, ',
      link('sign in'),
      '. Otherwise ask whoever sent you the link for a new one.',
    ],
  },
};
