/** The browsers in which a user is signed in. */
export const sessionsTexts = {
  title: 'Where you are signed in',
  lead: 'Sign out whatever you do not recognise, and choose another password.',
  partly: 'Part of the list cannot be shown right now. Please look again in a minute.',
  thisOne: 'This browser',
  signedIn: 'Signed in',
  lastSeen: 'Last seen',
  by: 'With',
  how: { pwd: 'a password', hwk: 'a passkey', swk: 'a passkey' } as Record<string, string>,
  elsewhere: 'an account at another service',
  end: (device: string) => `Sign out ${device}`,
  endOthers: 'Sign out all others',
  unknownDevice: 'Unknown device',
  on: (browser: string, system: string) => `${browser} on ${system}`,
};
