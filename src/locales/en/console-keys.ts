/** The signing keys in the console. */
export const consoleKeys = {
  title: 'Signing keys',
  lead: 'The public keys are published as a JWK set, with which resource servers and clients validate tokens. The private keys are secrets of the Worker: no page shows or changes them.',
  caption: 'The keys of this server',
  slot: 'Slot',
  kid: 'Name (kid)',
  alg: 'Algorithm',
  does: 'Use',
  made: 'Created',
  replace: 'Replace by',
  signs: 'signs id_tokens, for clients whose algorithm it is',
  signsByDefault: 'signs access tokens',
  verifies: 'verifies only',
  retire: 'may be retired when the tokens that it signed have expired',
  unknown: 'unknown: its name does not begin with a date',
  days: (days: number) => (days === 0 ? 'today' : days === 1 ? '1 day old' : `${days} days old`),
  old: (slot: number, days: number) => `The key in slot ${slot} has signed for ${days} days. It is time to replace it.`,
  howTo: (slot: number) => `How to replace the key in slot ${slot}`,
  here: 'On this machine. No request fails if you wait between the steps.',
  production: 'In the folder of this project. No request fails if you wait between the steps.',
  steps: (free: number, old: number, [beforePromoting, beforeRetiring]: readonly [number, number]) => [
    {
      title: `Add a key in slot ${free}`,
      text: `Then wait ${beforePromoting} minutes: resource servers and clients cache the published keys, and need the new one before it signs.`,
    },
    {
      title: `Let slot ${free} sign`,
      text: `On a deployed server this is a line of wrangler.toml; npm run deploy applies it. Then wait ${beforeRetiring} minutes, the longest lifetime of a token that the old key signed.`,
    },
    { title: `Retire slot ${old}`, text: 'No token that it signed is valid any more. It is no longer published.' },
  ],
  leaked:
    'If a key leaked, do all three steps at once. Tokens that it signed are refused from then on, and clients fetch new ones.',
};
