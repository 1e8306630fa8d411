/** Pages on which a user decides what an application may do. */
export const consentTexts = {
  title: (name: string) => `Allow ${name}?`,
  question: <T>(name: T) => ['Allow ', name, ' to use your account?'],
  signedInAs: <T>(email: T) => ['You are signed in as ', email, '.'],
  another: 'Use another account',
  allow: 'Allow',
  deny: 'Deny',
  wouldLikeTo: <T>(name: T) => [name, ' would like to'],
  optional: '(optional)',
  isNew: 'new',
  stepUp: 'You have allowed this application some things before. What it asks for in addition is marked.',
  revoke: <T>(link: (label: string) => T) => [
    'You can revoke this at any time, in your account under ',
    link('Applications with access'),
    '.',
  ],
  nothingLeft: 'Nothing is left to allow. Tick at least one, or choose Deny.',
  resources: <T>(names: T) => ['It asks for access to ', names, '.'],
  /** Followed by the host, or by the scheme of the app. */
  destination: {
    web: 'You will be sent to',
    local: 'You will be sent to an application on this computer, at',
    app: 'You will be sent to the app on this device that opens',
  },
  unchecked: {
    registered: 'This application registered itself. Nobody here has checked that its name is true.',
    described: (host: string) => `Nobody here has checked this application. Its description comes from ${host}.`,
    goOn: 'Go on only if you have just started this yourself.',
    goOnAt: (hosts: string[]) =>
      `Go on only if you have just started this yourself, and you trust ${hosts.join(' and ')}.`,
    local: 'It runs on a computer, not on a website: go on only if you have just started it on this one.',
    app: 'It is an app on a phone or computer: go on only if you have just started this there yourself.',
  },
  promises: <T>(name: T) => ['What ', name, ' promises: '],
  privacyPolicy: 'privacy policy',
  termsOfService: 'terms of service',
  goingBack: {
    title: 'One moment',
    what: 'You are being sent back to the application.',
    submit: 'Continue',
  },
  leaving: {
    title: 'This did not work',
    what: <T>(name: T, why: string) => [name, ` sent a request that is not valid: ${why}`],
    unchecked: (host: string | undefined) =>
      `Nobody here has checked this application. You can close this page, or go back to ${host} if you have just come from there.`,
    submit: (host: string) => `Go back to ${host}`,
  },
  notForYou: {
    title: 'Not for this account',
    what: <T>(name: T, roles: readonly string[], email: string) => [
      name,
      ` is only for users with the role ${roles.join(' or ')}. Your account, ${email}, does not have it.`,
    ],
    how: 'Ask your administrator for the role, or use another account.',
  },
  waiting: {
    title: 'Not approved yet',
    what: <T>(name: T) => [name, ' cannot be used before an administrator has approved it.'],
    how: 'Nothing was allowed. The administrators see that you want to use it. Start again in the application once it is approved.',
  },
  lookAgain: 'Look at the request again',
  sessionChanged: {
    title: 'You have signed out or changed accounts',
    what: 'Since this page was shown, you have signed out, or signed in again, perhaps in another tab.',
    way: 'Nothing was allowed. You can look at the request again with the account that is signed in now.',
  },
  tooOld: {
    title: 'This page was open for too long',
    what: 'The request was shown more than 15 minutes ago.',
    way: 'Nothing was allowed. You can look at the request again.',
  },
  answered: {
    title: 'You have answered this already',
    what: <T>(name: T) => ['Your answer was sent to ', name, ' before.'],
    way: 'Go back to the application. If it does not work there, start again there, or look at the request again.',
  },
};
