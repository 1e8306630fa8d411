/** What may use one's account. */
export const applications = {
  title: 'Applications with access',
  about: 'what may use your account',
  partly: 'Part of the list cannot be shown right now. Please look again in a minute.',
  none: 'No application may use your account.',
  back: 'Back to your account',
  may: 'It may',
  since: 'Since',
  lastUsed: 'Last used',
  withdraw: (name: string) => `Take access away from ${name}`,
};
