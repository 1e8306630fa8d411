/** The mails that are sent. */
export const mailTexts = {
  invitation: (server: string, link: string) => ({
    subject: `Your account at ${server}`,
    text: `You have been given an account at ${server}. Choose your password here:\n\n${link}\n\nThe link works once, for seven days.\n`,
  }),
  signInCode: (server: string, code: string) => ({
    subject: `Your code for ${server}`,
    text: `A sign-in at ${server} was requested with this address. Enter this code in the browser in which you asked for it:\n\n${code}\n\nThe code works once, for ten minutes. Do not give it to anyone. If it was not you, do nothing: nothing changes.\n`,
  }),
  recovery: (server: string, link: string) => ({
    subject: `A new password for ${server}`,
    text: `A new password was requested at ${server}. Choose it here:\n\n${link}\n\nThe link works once, for an hour. If it was not you, do nothing: nothing changes.\n`,
  }),
  signInAgain: (server: string, link: string) => ({
    subject: `Sign in again at ${server}`,
    text: `${server} asks you to sign in again. Open this link in the browser in which you are signed in:\n\n${link}\n\nThe link works once, for 15 minutes, and only there. If it was not you, your browser is used without your knowledge: choose another password, and sign out everywhere.\n`,
  }),
  signUp: (server: string, link: string) => ({
    subject: `Your account at ${server}`,
    text: `An account at ${server} was requested with this address. Go on here:\n\n${link}\n\nThe link works for an hour. If it was not you, do nothing: no account is created.\n`,
  }),
  haveAccount: (server: string, link: string) => ({
    subject: `You have an account at ${server}`,
    text: `An account at ${server} was requested with this address. You have one already. If you forgot your password, choose another one here:\n\n${link}\n\nIf it was not you, do nothing: nothing changes.\n`,
  }),
  confirm: (server: string, link: string) => ({
    subject: `Confirm your address for ${server}`,
    text: `An account at ${server} is to use this address. Confirm it here, signed in to that account:\n\n${link}\n\nThe link works once, for a day. If it was not you, do nothing: nothing changes.\n`,
  }),
  taken: (server: string) => ({
    subject: `This address is in use at ${server}`,
    text: `Another account at ${server} was to use this address. The address belongs to an account there already, so nothing was changed.\n`,
  }),
  /** Notices to the owner of an account: a connection to renew, a changed sign-in method. */
  reconnect: (server: string, app: string, reason: string, address: string) => ({
    subject: `${app} must be connected again`,
    text: `Your account at ${app} is connected to ${server}, and must be connected again: ${reason}.\n\nYou can do it at ${address}\n`,
  }),
  /** For administrators. */
  waitingClient: (server: string, name: string, host: string, address: string) => ({
    subject: `A client awaits approval at ${server}`,
    text: `A user of ${server} wants to use ${name} (${host}), which awaits your approval. Nobody has checked that name.\n\nApprove or refuse it, and others that may be waiting, at ${address}\n\nThere is one such mail an hour at most.\n`,
  }),
  notice: {
    mail: (server: string, what: string) => ({
      subject: `Your account at ${server} was changed`,
      text: `${what}\n\nIf it was you, there is nothing to do. If it was not you, choose another password at ${server} and tell its administrator at once.\n`,
    }),
    what: {
      password: () => 'The password of your account was changed.',
      confirmed: (address: string) => `You have confirmed that ${address} is the address of your account.`,
      changed: (address: string) => `Your account now uses the address ${address} instead of this one.`,
      'key-created': (name: string) => `An API key that acts for you was created: ${name}.`,
      'key-rotated': (name: string) => `An API key that acts for you got a new secret: ${name}.`,
      'account-linked': (name: string) => `An account at ${name} was linked to yours, and signs in to it.`,
      'account-unlinked': (name: string) => `An account at ${name} no longer signs in to yours.`,
      'changed-by-administrator': (address: string) =>
        `An administrator changed the address of your account: it is ${address} now, and no longer this one.`,
      'address-given': () => 'An administrator made this the address of your account.',
      'deletion-requested': (day: string) =>
        `Your account and its data will be deleted on ${day}, as you asked. To keep it, sign in before that day.`,
      'deletion-requested-by-administrator': (day: string) =>
        `An administrator has your account and its data deleted on ${day}. To keep it, ask an administrator before that day.`,
      'deletion-cancelled': () => 'Your account will not be deleted: that was cancelled.',
      'factor-added': () => 'Two-step sign-in was set up for your account.',
      'factor-removed': () => 'Two-step sign-in was turned off for your account.',
      'factor-reset': () => 'An administrator turned off two-step sign-in for your account.',
      'browser-remembered': (day: string) =>
        `One of your browsers was remembered: until ${day}, signing in there asks for no code of two-step sign-in.`,
      'recovery-codes-created': () =>
        'New recovery codes for two-step sign-in were created. The old ones do not work any more.',
      'recovery-code-used': (left: string) =>
        `A recovery code signed in to your account. Codes that are left: ${left}.`,
      'codes-guessed': () =>
        'Your password, or another way to sign in to your account, was used, and then several wrong codes for two-step sign-in were entered.',
      'passkey-added': (name: string) => `A passkey that signs in to your account was added: ${name}.`,
      'passkey-removed': (name: string) => `A passkey that signed in to your account was removed: ${name}.`,
    },
  },
};
