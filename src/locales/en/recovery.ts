/** Recovery of an account whose password is forgotten. */
export const recoveryTexts = {
  title: 'Forgot your password?',
  lead: 'Type your e-mail address. We send you a link with which you choose a new password.',
  submit: 'Send the link',
  sent: {
    title: 'Look into your mail',
    what: 'If there is an account with that address, a link is on its way to it. It works for an hour.',
    how: 'No mail? Look into the spam folder, and check that you typed the address of your account.',
  },
  cannot: {
    title: 'Ask your administrator',
    what: 'This server cannot send mail. Its administrator can give you a link with which you choose a new password.',
  },
};
