/** One's API keys. */
export const keys = {
  title: 'API keys',
  lead: 'A key lets a program of your own act as you, without a browser. Whoever has it can do what it may do.',
  none: 'You have no key.',
  may: 'It may',
  since: 'Since',
  lastUsed: 'Last used',
  never: 'never',
  until: 'Good until',
  revoke: (name: string) => `Revoke ${name}`,
  add: 'Make a key',
  adding: {
    title: 'Make a key',
    name: 'What is it for?',
    mayIt: 'It may',
    days: 'It is good for',
    lasts: (days: number) => (days === 365 ? 'a year' : `${days} days`),
    submit: 'Make the key',
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
