/** Signing out. */
export const signOutTexts = {
  title: 'Sign out',
  question: 'Sign out?',
  signedInAs: (email: string) => `You are signed in as ${email}.`,
  submit: 'Sign out',
  stay: 'Stay signed in',
  atProvider: (name: string) => `You go on to ${name}, to be signed out there, too.`,
  done: {
    title: 'Signed out',
    heading: 'You are signed out',
    still: 'Applications that you allowed to stay connected still are.',
    again: 'Sign in again',
    onward: (host: string) => `Go back to ${host}`,
  },
};
