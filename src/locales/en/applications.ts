/** The applications with access to an account. */
export const applicationsTexts = {
  title: 'Applications with access',
  partly: 'Part of the list cannot be shown right now. Please look again in a minute.',
  none: 'No application may use your account.',
  next: 'More applications',
  first: 'Back to the beginning',
  may: 'It may',
  /** The host of the Client ID Metadata Document. */
  host: 'Described at',
  since: 'Since',
  lastUsed: 'Last used',
  leaveOut: 'Revoke',
  /** The label for screen readers, which begins with the visible one. */
  leaveOutOf: (name: string, what: string) => `Revoke for ${name}: ${what}`,
  withdraw: (name: string) => `Revoke access of ${name}`,
};
