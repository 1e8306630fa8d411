/** Making an account. */
export const signUp = {
  title: 'Make an account',
  submit: 'Make the account',
  stale: 'This page was open for too long, or cookies are off. Please try again.',
  taken: 'This address cannot be used. If the account is yours, sign in instead.',
  haveOne: <T>(link: (label: string) => T) => ['You have one? ', link('Sign in')],
};
