/** Fields that several forms have, and what can be wrong with them. */
export const fields = {
  email: 'E-mail address',
  password: 'Password',
  passwordHint: 'At least 8 characters.',
  name: 'Your name',
  /** What a form says above its fields. */
  staleForm: 'This page was open for too long. Please try again.',
  problems: {
    email: 'That is not an e-mail address.',
    passwordMissing: 'Please choose a password.',
    passwordShort: 'Please choose a password of at least 8 characters.',
    passwordLong: 'Please choose a password of at most 256 characters.',
    name: 'Please enter your name.',
  },
};
