/** The mails that are sent. */
export const mail = {
  invitation: (server: string, link: string) => ({
    subject: `Your account at ${server}`,
    text: `You have been given an account at ${server}. Choose your password here:\n\n${link}\n\nThe link is good once, for seven days.\n`,
  }),
  recovery: (server: string, link: string) => ({
    subject: `A new password for ${server}`,
    text: `Somebody, probably you, asked for a new password at ${server}. Choose it here:\n\n${link}\n\nThe link is good once, for an hour. If it was not you, do nothing: nothing changes.\n`,
  }),
  signUp: (server: string, link: string) => ({
    subject: `Your account at ${server}`,
    text: `Somebody, probably you, asked for an account at ${server} with this address. Go on here:\n\n${link}\n\nThe link is good for an hour. If it was not you, do nothing: no account is made.\n`,
  }),
  haveAccount: (server: string, link: string) => ({
    subject: `You have an account at ${server}`,
    text: `Somebody, probably you, asked for an account at ${server} with this address. You have one already. If you forgot your password, choose another one here:\n\n${link}\n\nIf it was not you, do nothing: nothing changes.\n`,
  }),
  confirm: (server: string, link: string) => ({
    subject: `Confirm your address for ${server}`,
    text: `Somebody, probably you, wants to use this address at ${server}. Confirm it here:\n\n${link}\n\nThe link is good once, for a day. If it was not you, do nothing: nothing changes.\n`,
  }),
  taken: (server: string) => ({
    subject: `This address is in use at ${server}`,
    text: `Somebody, probably you, wanted to use this address for another account at ${server}. It belongs to an account there already, so nothing was changed.\n`,
  }),
  /** That something was changed about how one gets into an account, for its owner. */
  notice: {
    mail: (server: string, what: string) => ({
      subject: `Your account at ${server} was changed`,
      text: `${what}\n\nIf it was you, there is nothing to do. If it was not you, choose another password at ${server} and tell whoever runs that server at once.\n`,
    }),
    what: {
      password: () => 'The password of your account was changed.',
      confirmed: (address: string) => `You have confirmed that ${address} is the address of your account.`,
      changed: (address: string) => `Your account now uses the address ${address} instead of this one.`,
      'passkey-added': (name: string) => `A passkey that signs in to your account was added: ${name}.`,
      'passkey-removed': (name: string) => `A passkey that signed in to your account was removed: ${name}.`,
    },
  },
};
