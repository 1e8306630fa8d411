/** What may use one's account. */
export const applications = {
  title: 'Applications with access',
  partly: 'Part of the list cannot be shown right now. Please look again in a minute.',
  none: 'No application may use your account.',
  may: 'It may',
  since: 'Since',
  lastUsed: 'Last used',
  leaveOut: 'Take away',
  /** The same for those who hear the buttons only: it begins with what the button shows. */
  leaveOutOf: (name: string, what: string) => `Take away from ${name}: ${what}`,
  withdraw: (name: string) => `Take access away from ${name}`,
};
