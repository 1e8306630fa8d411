/** Signing in with an account elsewhere, and the accounts elsewhere that sign somebody in. */
export const socialLogin = {
  trouble: {
    title: (name: string) => `Signing in with ${name} did not work`,
    again: 'Back to signing in',
    helpNumber: 'If you ask somebody for help, tell them this number: ',
    notBegun: 'This was not begun in this browser, or too long ago.',
    somebodyElse: 'Somebody else began this in this browser. Sign out, sign in as that person, and begin again.',
  },
  fresh: {
    cannot: (name: string) =>
      `You are asked to sign in anew, and ${name} cannot show that you do. Use another way to sign in; if you have none, sign out here first.`,
    untold: (name: string) =>
      `You are asked to sign in anew, and ${name} did not say when you signed in there. Use another way to sign in; if you have none, sign out here first.`,
    tooOld: (name: string) =>
      `You are asked to sign in anew, but ${name} let you through with an older sign-in. Sign out there and try again, or use another way.`,
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
      what: (name: string) => `${name} does not vouch that you read mail at the address that it told us.`,
      how: 'Confirm the address there and try again. If you have an account here already, sign in another way; then link the two on the page of your account.',
    },
    denied: {
      title: 'There is no account for you here',
      what: (name: string) => `No account here belongs to your account at ${name}, and new ones are not made with it.`,
      how: 'Ask the administrator of this server for an account.',
    },
    invited: {
      title: 'There is no account for you here',
      what: (name: string) =>
        `No account here belongs to your account at ${name}. People who are invited can come with it, under the address that the invitation went to.`,
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
    wrongPerson: (email: string) =>
      `You are signed in as ${email}, which is another account than the one that was meant.`,
    tooOld: 'This took too long, or it was begun in another browser. Please begin again.',
  },
  taken: {
    title: 'It signs in somebody else',
    what: (name: string) => `This account at ${name} is linked to another account here.`,
    how: 'Sign in with it and unlink it there first, if both accounts are yours.',
  },
  full: 'It could not be linked: you have as many linked accounts as one person can have here.',
  methods: {
    title: 'Sign-in methods',
    lead: 'Accounts elsewhere that sign you in here.',
    none: 'No account elsewhere signs you in yet.',
    account: 'As',
    since: 'Since',
    lastUsed: 'Last used',
    off: 'The administrator has switched this off.',
    link: (name: string) => `Link ${name}`,
    unlink: (name: string) => `Unlink ${name}`,
    question: (name: string) => `Unlink ${name}?`,
    ends: (name: string) =>
      `You will not be able to sign in with ${name} any more. Where you are signed in, you stay so.`,
    submit: 'Unlink it',
    back: 'Keep it',
    last: 'This is your only way to sign in. Choose a password or add a passkey first.',
  },
};
