/** A user's API keys. */
export const keysTexts = {
  title: 'API keys',
  lead: 'With an API key, your own script or program acts as you, without a browser. Keep it secret: it is all that is needed to use it.',
  none: 'You have no key.',
  may: 'It may',
  since: 'Since',
  lastUsed: 'Last used',
  never: 'never',
  until: 'Expires',
  revoke: (name: string) => `Revoke ${name}`,
  add: 'Create a key',
  adding: {
    title: 'Create a key',
    name: 'What is it for?',
    mayIt: 'It may',
    days: 'It expires after',
    lasts: (days: number) => (days === 365 ? 'a year' : `${days} days`),
    submit: 'Create the key',
    problems: { name: 'Please enter a name of at most 200 characters.', scopes: 'Tick at least one.' },
    full: 'You have too many keys. Revoke one that you no longer need.',
  },
  made: {
    title: 'Your new key',
    once: 'It is shown this once. Copy it now, to where your program reads it.',
    header: 'The program sends it with each request, in this header:',
    back: 'I have copied it',
  },
};
