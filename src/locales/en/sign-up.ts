/** Creating an account. */
export const signUpTexts = {
  title: 'Create an account',
  submit: 'Create the account',
  stale: 'This page was open for too long, or cookies are off. Please try again.',
  taken: 'This address cannot be used. If the account is yours, sign in instead.',
  byMail: 'We send you a link to confirm your address. Then you choose your password.',
  askForLink: 'Send the link',
  sent: {
    title: 'Look into your mail',
    what: 'A link is on its way to the address that you typed. Open it to continue. It works for an hour.',
  },
  finish: {
    title: 'Almost there',
    lead: <T>(address: T) => ['Choose the password with which you will sign in as ', address, '.'],
  },
  haveOne: <T>(link: (label: string) => T) => ['You have one? ', link('Sign in')],
};
