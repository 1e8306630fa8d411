/** Confirming and changing one's address. */
export const email = {
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
    question: <T>(address: T) => ['Is ', address, ' your e-mail address?'],
    submit: 'Yes, confirm it',
  },
  confirmed: {
    title: 'Confirmed',
    what: <T>(address: T) => ['From now on your address here is ', address, '.'],
    go: 'Go to your account',
  },
  bad: {
    title: 'This link is no longer good',
    what: 'The link was used before, is too old, belongs to an address that changed meanwhile, or was not copied whole.',
    go: 'Ask for another one',
  },
};
