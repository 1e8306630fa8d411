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
  changed: (server: string, address: string) => ({
    subject: `Your address at ${server} was changed`,
    text: `Your account at ${server} now uses the address ${address}. If it was not you, tell whoever runs that server at once.\n`,
  }),
};
