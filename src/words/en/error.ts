/** Pages that say what went wrong. What happened is the error's own sentence, the same that programs read. */
export const error = {
  titles: {
    403: 'Not allowed',
    404: 'Not found',
    405: 'Not like this',
    409: 'Not as things are now',
    413: 'Too large',
    429: 'Please wait a little',
    500: 'Something went wrong here',
    503: 'Not available right now',
  } as Partial<Record<number, string>>,
  title: 'This did not work',
  advice: {
    409: 'Nothing was changed. Go back to the page you came from, and look at it as it is now.',
    429: 'This protects accounts from being guessed. Nothing is lost: come back and try again.',
    500: 'Please try again. If it happens again, tell whoever runs this server.',
    503: 'Please try again in a few seconds.',
  } as Partial<Record<number, string>>,
  startAgain:
    'Go back to the application you came from and start again there. If it happens again, the people who make that application can mend it.',
  tellThem: <T>(id: T) => ['If you ask somebody for help, tell them this number: ', id],
};
