/** Fields of several forms, and their problems. */
export const fieldsTexts = {
  email: 'E-mail address',
  password: 'Password',
  passwordHint: 'At least 8 characters; a few words are easy to remember and hard to guess.',
  showPassword: 'Show password',
  hidePassword: 'Hide password',
  name: 'Your name',
  /** The error above a form that has expired. */
  staleForm: 'This page was open for too long. Please try again.',
  problems: {
    email: 'That is not an e-mail address.',
    passwordMissing: 'Please choose a password.',
    passwordShort: 'Please choose a password of at least 8 characters.',
    passwordCommon:
      'This password is one of those that are tried first. Please choose another one, such as a few words.',
    passwordLong: 'Please choose a password of at most 256 characters.',
    name: 'Please enter your name.',
  },
};
