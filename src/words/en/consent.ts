/** Pages on which a person decides what an application may do. */
export const consent = {
  title: (name: string) => `Allow ${name}?`,
  question: (name: string) => `Allow ${name} to use your account?`,
  signedInAs: <T>(email: T) => ['You are signed in as ', email, '.'],
  another: 'Use another account',
  allow: 'Allow',
  deny: 'Deny',
  wouldLikeTo: (name: string) => `${name} would like to`,
  optional: 'you can leave this out',
  nothingLeft: 'Nothing is left to allow. Tick at least one, or choose Deny.',
  resources: <T>(names: T) => ['It asks for access to ', names, '.'],
  sentTo: <T>(host: T) => ['You will be sent to ', host],
  registeredItself: (host: string | undefined) =>
    `This application registered itself. Nobody here has checked that it is who it says. Go on only if you have just started this yourself${host ? `, and you trust ${host}` : ''}.`,
  describesItself: (host: string | undefined, sentTo: string | undefined) =>
    `Nobody here has checked this application: it describes itself, at ${host}. Go on only if you have just started this yourself, and you trust ${host}${sentTo ? ` and ${sentTo}` : ''}.`,
  onThisComputer:
    'This application runs on a computer, not on a website: make sure that it is a program that you have started on this one.',
  promises: (name: string) => `What ${name} promises: `,
  privacyPolicy: 'privacy policy',
  termsOfService: 'terms of service',
  goingBack: {
    title: 'One moment',
    what: 'You are being sent back to the application.',
    submit: 'Continue',
  },
  leaving: {
    title: 'This did not work',
    what: (name: string, why: string) => `${name} sent a request that is not right: ${why}`,
    unchecked: (host: string | undefined) =>
      `Nobody here has checked this application. You can close this page, or go back to ${host} if you have just come from there.`,
    submit: (host: string) => `Go back to ${host}`,
  },
  notForYou: {
    title: 'Not for this account',
    what: (name: string, roles: readonly string[], email: string) =>
      `${name} is only for people with the role ${roles.join(' or ')}. Your account, ${email}, does not have it.`,
    how: 'Ask your administrator for the role, or use another account.',
  },
  lookAgain: 'Look at the request again',
  sessionChanged: {
    title: 'You have signed out or changed accounts',
    what: 'Since this page was shown, you have signed out, or signed in again, perhaps in another tab.',
    way: 'Nothing was allowed. You can look at the request again as who you are now.',
  },
  tooOld: {
    title: 'This page was open for too long',
    what: 'The request was shown more than 15 minutes ago.',
    way: 'Nothing was allowed. You can look at the request again.',
  },
  answered: {
    title: 'You have answered this already',
    what: (name: string) => `Your answer was sent to ${name} before.`,
    way: 'Go back to the application. If it does not work there, start again there, or look at the request again.',
  },
};
