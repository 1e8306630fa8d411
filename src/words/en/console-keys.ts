/** The signing keys in the console. */
export const consoleKeys = {
  title: 'Signing keys',
  lead: 'Tokens are signed by the keys that sign. All of them are published, so that whoever gets a token can verify it. The keys themselves are secrets of the Worker: no page shows or changes them.',
  caption: 'The keys of this server',
  slot: 'Slot',
  kid: 'Name (kid)',
  alg: 'Algorithm',
  does: 'What it does',
  made: 'Made',
  replace: 'Replace by',
  signs: 'signs, for clients that ask for its algorithm',
  signsByDefault: 'signs',
  verifies: 'verifies only',
  retire: 'may be retired an hour after it signed last',
  unknown: 'not known: its name does not begin with a day',
  days: (days: number) => (days === 0 ? 'today' : days === 1 ? '1 day old' : `${days} days old`),
  old: (slot: number, days: number) => `The key in slot ${slot} has signed for ${days} days. It is time to replace it.`,
  howTo: (slot: number) => `How to replace the key in slot ${slot}`,
  here: 'On this machine. No request fails if you wait between the steps.',
  production: 'In the folder of this project. No request fails if you wait between the steps.',
  steps: (free: number, old: number, [beforePromoting, beforeRetiring]: readonly [number, number]) => [
    {
      title: `Add a key in slot ${free}`,
      text: `Then wait ${beforePromoting} minutes: whoever verifies tokens holds the published keys for a while, and must have the new one before it signs.`,
    },
    {
      title: `Let slot ${free} sign`,
      text: `On a deployed server this line stands in wrangler.toml; npm run deploy puts it in force. Then wait ${beforeRetiring} minutes: a token lives no longer, and must find the key that signed it.`,
    },
    { title: `Retire slot ${old}`, text: 'Nothing is left that it signed. It is published no more.' },
  ],
  leaked:
    'If a key leaked, do all three steps at once. Tokens that it signed are refused from then on, and clients fetch new ones.',
};
