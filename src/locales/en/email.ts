/** Confirming and changing the email address. */
export const emailTexts = {
  title: 'E-mail address',
  now: <T>(address: T) => ['Your address is ', address, '.'],
  verified: 'It is confirmed.',
  unverified: 'It is not confirmed yet.',
  verify: 'Send a link to confirm it',
  label: 'New e-mail address',
  hint: 'We send a link there. Until you open it, your old address stays.',
  submit: 'Send the link',
  cannot: 'This server cannot send mail. Ask your administrator to change your address.',
  confirm: {
    title: 'Confirm your address',
    question: <T>(address: T, before: T) => [
      'Is ',
      address,
      ' your e-mail address? It will be the address of your account here, which is now ',
      before,
      '.',
    ],
    submit: 'Yes, confirm it',
  },
  confirmed: {
    title: 'Confirmed',
    what: <T>(address: T) => ['From now on your address here is ', address, '.'],
    go: 'Go to your account',
  },
  wrongAccount: {
    title: 'This mail is about another account',
    what: (email: string) =>
      `You are signed in as ${email}, and it is another account that asked to use this address. Nothing was changed.`,
    how: 'If you did not ask for it yourself, close this page: the address would become that of another account.',
    another: 'Sign in to the account that asked',
  },
  bad: {
    title: 'This link is no longer valid',
    what: 'The link was used before, is too old, belongs to an address that changed meanwhile, or was not copied whole.',
    go: 'Ask for another one',
  },
};
