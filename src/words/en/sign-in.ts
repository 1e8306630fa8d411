/** The sign-in page, and the pages that stand in its way. */
export const signIn = {
  title: 'Sign in',
  submit: 'Sign in',
  wrong: 'The e-mail address or the password is not right. Please try again.',
  again: 'Please sign in again to show that it is you.',
  continueWith: (name: string) => `Continue with ${name}`,
  notFresh: (names: string[]) =>
    `${new Intl.ListFormat('en').format(names)} cannot show that you sign in anew. If you have no other way to sign in, sign out here first.`,
  or: 'Or with your e-mail address:',
  asker: (name: string, host: string) => [
    `${name} (${host})`,
    ' asks you to sign in. You decide afterwards what it may do.',
  ],
  onlyAdministrator: 'Passwords are switched off here. On this machine, the first administrator can still use theirs.',
  passwordsOff: 'Passwords are switched off here. Please sign in another way.',
  signedInAs: (email: string) => `You are signed in as ${email}.`,
  continueAs: (name: string) => `Continue as ${name}`,
  another: 'Or use another account:',
  forgot: 'Forgot your password?',
  passkey: {
    submit: 'Sign in with a passkey',
    failed: 'That passkey did not work here. Try again, or sign in with your password.',
  },
  noAccount: <T>(link: (label: string) => T) => ['No account yet? ', link('Make one')],
  wait: {
    title: 'Please wait a little',
    tooMany: (seconds: number) =>
      `There were too many attempts to sign in. You can try again in ${
        seconds < 60 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
      }.`,
    why: 'This protects accounts from being guessed. Nothing is lost: go back, wait, and try again.',
  },
  cookies: {
    title: 'Cookies are off',
    what: 'Your browser did not send back the cookie that signing in needs.',
    how: 'Allow cookies for this site in the settings of your browser, then go back and reload the page.',
  },
  expired: {
    title: 'This took too long',
    signedIn: (name: string) => `You are signed in as ${name}.`,
    what: 'The application that sent you here asked more than an hour ago, so its request is no longer good.',
    how: 'Go back to the application and start again there. It will be quick.',
  },
};
