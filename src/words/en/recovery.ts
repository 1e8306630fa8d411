/** For those who cannot sign in. */
export const recovery = {
  title: 'Forgot your password?',
  lead: 'Type your e-mail address. We send you a link with which you choose a new password.',
  submit: 'Send the link',
  sent: {
    title: 'Look into your mail',
    what: 'If there is an account with that address, a link is on its way to it. It is good for an hour.',
    how: 'Nothing comes? Look into the folder for unwanted mail, and check that you typed the address of your account.',
  },
  cannot: {
    title: 'Ask your administrator',
    what: 'This server cannot send mail. Whoever runs it can give you a link with which you choose a new password.',
  },
};
