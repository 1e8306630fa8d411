/** Signing in with an identity provider, and the linked accounts of a user. */
export const socialLoginTexts = {
  trouble: {
    title: (name: string) => `Signing in with ${name} did not work`,
    again: 'Back to signing in',
    reference: 'If you ask for help, quote this reference: ',
    notBegun: 'This was started in another browser, or too long ago.',
    usedBefore: 'This response was used before. Please try again.',
    somebodyElse: 'Another user started this in this browser. Sign out, sign in as that user, and try again.',
  },
  fresh: {
    cannot: (name: string) =>
      `You are asked to sign in again, and ${name} cannot confirm that you do. Use a passkey, your password or a mailed link.`,
    untold: (name: string) =>
      `You are asked to sign in again, and ${name} did not say when you signed in there. Use a passkey, your password or a mailed link.`,
    tooOld: (name: string) =>
      `You are asked to sign in again, but ${name} used an older sign-in. Sign out there and try again, or use another way.`,
  },
  refusals: {
    disabled: {
      title: 'This account is disabled',
      what: () => 'Your account here was disabled by the administrator of this server.',
      how: 'Ask the administrator if you think that this is a mistake.',
    },
    noEmail: {
      title: 'An e-mail address is needed',
      what: (name: string) => `${name} did not tell us an e-mail address of yours, and an account here needs one.`,
      how: 'Allow your address to be told, or add one to your account there. Then try again, or sign in another way.',
    },
    unverified: {
      title: 'Your e-mail address is not confirmed',
      what: (name: string) => `${name} has not verified your e-mail address.`,
      how: 'Confirm the address there and try again. If you have an account here already, sign in another way; then link the two on the page of your account.',
    },
    denied: {
      title: 'There is no account for you here',
      what: (name: string) => `No account here belongs to your account at ${name}, and it cannot create one.`,
      how: 'Ask the administrator of this server for an account.',
    },
    invited: {
      title: 'There is no account for you here',
      what: (name: string) =>
        `No account here belongs to your account at ${name}. Users who are invited can come with it, under the address that the invitation went to.`,
      how: 'Ask the administrator of this server for an invitation.',
    },
  },
  prove: {
    title: 'You have an account here already',
    what: (email: string) => `There is an account with the address ${email}.`,
    why: (name: string) =>
      `To be sure that it is yours, sign in to it once. Then it is linked, and ${name} signs you in.`,
    submit: 'Sign in to it',
  },
  link: {
    title: (name: string) => `Link ${name}?`,
    what: (name: string, account: string) => `From now on, ${account} at ${name} signs you in here.`,
    to: 'The account here',
    submit: 'Link it',
    notNow: 'Not now',
    another: 'Use another account',
    wrongUser: (email: string) =>
      `You are signed in as ${email}, which is another account than the one that was meant.`,
    tooOld: 'This took too long, or it was started in another browser. Please try again.',
  },
  taken: {
    title: 'It belongs to another account here',
    what: (name: string) => `This account at ${name} is linked to another account here.`,
    how: 'Sign in with it and unlink it there first, if both accounts are yours.',
  },
  full: 'It could not be linked: you have as many linked accounts as one user can have here.',
  methods: {
    title: 'Sign-in methods',
    lead: 'Accounts at other services that sign you in here.',
    none: 'No account at another service signs you in yet.',
    since: 'Since',
    lastUsed: 'Last used',
    off: 'The administrator has disabled this.',
    link: (name: string) => `Link ${name}`,
    unlink: (name: string) => `Unlink ${name}`,
    question: (name: string) => `Unlink ${name}?`,
    ends: (name: string) =>
      `You will not be able to sign in with ${name} any more. Browsers that are signed in stay signed in.`,
    submit: 'Unlink it',
    back: 'Keep it',
    last: 'This is your only way to sign in. Choose a password or add a passkey first.',
  },
};
