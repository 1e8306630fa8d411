/** Error pages. The description of the error is the one of `error_description`, which clients receive. */
export const errorTexts = {
  titles: {
    403: 'Not allowed',
    404: 'Not found',
    405: 'Method not allowed',
    409: 'Not possible at the moment',
    413: 'Too large',
    421: 'Another address',
    429: 'Please wait a little',
    500: 'Something went wrong here',
    503: 'Not available right now',
  } as Partial<Record<number, string>>,
  title: 'This did not work',
  /** By status, where that is enough to say what to do. */
  advice: {
    404: 'The address may be incomplete, or what it led to was deleted.',
    409: 'Nothing was changed. Go back to the page you came from, and look at it as it is now.',
    429: 'This protects accounts from being guessed. Nothing is lost: come back and try again.',
    500: 'Please try again. If it happens again, tell the administrator of this server.',
    503: 'Please try again in a few seconds.',
  } as Partial<Record<number, string>>,
  /** A page for which the user has not the role. */
  notAllowed: 'Use another account that has the role, or ask an administrator of this server for it.',
  /** A form that was refused. */
  formRefused: 'Nothing was changed. Go back, reload the page, and send the form again.',
  /** By the place at which it happened. */
  places: {
    application:
      'Go back to the application you came from and start again there. If it happens again, ask the developers of that application.',
    device: 'Let your device show a new code, and type it here.',
    account: 'Nothing was changed. Go back and try again. If it happens again, tell the administrator of this server.',
  },
  anotherAccount: 'Use another account',
  toAccount: 'Go to your account',
  typeCode: 'Type a code',
  addAgain:
    'The application sent an id that is not registered here: it was deleted, or is from another server. Remove the connection to this server in the application, and add it again.',
  details: {
    title: 'Details for developers',
    name: 'Application',
    client: 'Client ID',
    redirectUri: 'Redirect URI that was sent',
  },
  otherHost: (here: string, issuer: string) =>
    `This server was opened at ${here}, but its address is ${issuer}. Sign-in and forms work there only.`,
  goThere: (issuer: string) => `Go to ${issuer}`,
  reference: <T>(id: T) => ['If you ask for help, quote this reference: ', id],
};
