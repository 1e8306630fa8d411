/** Who one is here, and the pages about oneself. */
export const account = {
  title: 'Your account',
  navigation: 'Pages of your account',
  name: 'Name',
  email: 'E-mail address',
  verified: (email: string) => `${email} (confirmed)`,
  roles: 'Roles',
  signOut: 'Sign out',
  /** By the name that a room gives its page. */
  sections: {
    overview: { label: 'Overview', about: 'who you are here' },
    profile: { label: 'Profile', about: 'your name and picture, as applications see them' },
    email: { label: 'E-mail', about: 'where mail of this server reaches you' },
    password: { label: 'Password', about: 'choose another one' },
    passkeys: { label: 'Passkeys', about: 'sign in with your fingerprint, face or device PIN' },
    sessions: { label: 'Browsers', about: 'where you are signed in, and signing out' },
    applications: { label: 'Applications', about: 'what may use your account' },
    connected: { label: 'Connected accounts', about: 'your accounts elsewhere that are used from here' },
    keys: { label: 'API keys', about: 'keys for programs of your own' },
    console: { label: 'Console', about: 'run this server: settings, clients, people, keys' },
  },
  /** What was just done, by the name in the address. */
  done: {
    profile: 'Your profile was saved.',
    password: 'Your new password is good from now on. Your other browsers were signed out.',
    'mail-sent': 'We have sent a link to that address. Open it to confirm.',
    'passkey-added': 'The passkey is ready. You can sign in with it from now on.',
    'passkey-renamed': 'The passkey has its new name.',
    'passkey-removed': 'The passkey was removed. You may want to delete it on your device, too.',
    'session-ended': 'That browser was signed out.',
    'sessions-ended': 'All other browsers were signed out.',
    withdrawn: 'It may not use your account any more.',
    'scope-withdrawn': 'It may not do that any more.',
    'key-revoked': 'The key does not work any more.',
  } as Record<string, string>,
};
