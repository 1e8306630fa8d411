/** Leaving. */
export const signOut = {
  title: 'Sign out',
  question: 'Sign out?',
  signedInAs: (email: string) => `You are signed in as ${email}.`,
  submit: 'Sign out',
  stay: 'Stay signed in',
  done: {
    title: 'Signed out',
    heading: 'You are signed out',
    still: 'Applications that you allowed to stay connected still are.',
    again: 'Sign in again',
    onward: (host: string) => `Go back to ${host}`,
  },
};
