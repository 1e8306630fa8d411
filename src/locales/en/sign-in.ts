/** The sign-in page, and the pages of sign-in problems. */
export const signInTexts = {
  title: 'Sign in',
  submit: 'Sign in',
  wrong: 'The e-mail address or the password is not right. Please try again.',
  again: 'Please sign in again to confirm that it is you.',
  continueWith: (name: string) => `Continue with ${name}`,
  notFresh: (names: string[]) =>
    `${new Intl.ListFormat('en').format(names)} cannot confirm that you sign in again. Please use one of these ways:`,
  notFreshNoMail: 'If you have no passkey and no password here, ask your administrator for a one-time link.',
  or: 'or with your password',
  asker: <T>(name: T, host: string) => [
    [name, ` (${host})`],
    ' asks you to sign in. You decide afterwards what it may do.',
  ],
  onlyAdministrator: 'Passwords are disabled here. On this machine, the first administrator can still use theirs.',
  passwordsOff: 'Passwords are disabled here. Please sign in another way.',
  signedInAs: (email: string) => `You are signed in as ${email}.`,
  continueAs: (name: string) => `Continue as ${name}`,
  another: 'or use another account',
  forgot: 'Forgot your password?',
  passkey: {
    submit: 'Sign in with a passkey',
    failed: 'That passkey did not work here. Try again, or sign in with your password.',
  },
  mailed: {
    ask: (email: string) => `Mail a link to ${email}`,
    title: 'Look into your mail',
    sent: (email: string) => `A link is on its way to ${email}. It is valid once, for 15 minutes.`,
    sameBrowser: 'Open it in this browser: it is of no use in another one.',
    question: 'Sign in again?',
    submit: 'Yes, it is me',
    bad: 'The link was used before, is too old, or was opened in another browser than the one that asked for it.',
    again: 'Go to your account',
  },
  noAccount: <T>(link: (label: string) => T) => ['No account yet? ', link('Create one')],
  wait: {
    title: 'Please wait a little',
    tooMany: (seconds: number) =>
      `There were too many attempts to sign in. You can try again in ${
        seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
      }.`,
    why: 'This protects accounts from being guessed. Nothing is lost: go back, wait, and try again.',
  },
  cookies: {
    title: 'Cookies are off',
    what: 'Your browser did not send back the cookie that signing in needs.',
    how: 'Allow cookies for this site in the settings of your browser, then go back and reload the page.',
  },
  code: {
    ask: 'Mail me a code',
    title: 'Sign in with a code by mail',
    lead: 'We mail you a code, which you enter here.',
    send: 'Mail me a code',
    entry: 'Enter the code from the mail',
    sent: <T>(email: T) => [
      'If ',
      email,
      ' has an account here, a code is on its way to it. It is valid once, for ten minutes, in this browser.',
    ],
    code: 'Code',
    codeHint: 'The 8 digits of the mail. Do not give them to anyone.',
    submit: 'Sign in',
    again: 'Send another code',
    wrong: 'That code is not right, or was used before. Please look into the latest mail.',
  },
  expired: {
    title: 'This took too long',
    signedIn: (name: string) => `You are signed in as ${name}.`,
    what: 'The application that sent you here asked more than an hour ago, so its request has expired.',
    how: 'Go back to the application and start again there. It will be quick.',
  },
};
