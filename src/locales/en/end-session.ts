/** An application sends a user here to sign out. */
export const endSessionTexts = {
  title: 'Sign out',
  question: 'Sign out?',
  asks: <T>(name: T) => [name, ' asks whether you want to sign out here, too.'],
  noReturn:
    'The application sent something that cannot be used here, so you stay on this page after signing out. Go back to the application yourself.',
  anotherAccount: 'You used another account there. Signing out here ends what is open in this browser.',
  signedInAs: (email: string) => `You are signed in as ${email}.`,
  told: 'The applications that you use with this account in this browser are told that you have signed out.',
  submit: 'Sign out',
  stay: 'Stay signed in',
  stayed: {
    title: 'Still signed in',
    heading: 'You are still signed in',
    what: 'Nothing was ended here. The application that you came from may have signed you out for itself.',
    back: 'Go back to the application',
    account: 'Your account',
  },
};
