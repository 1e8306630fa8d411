/** The pages of connected apps in the console, beside the definition of the record. */
export const consoleConnectedApps = {
  add: 'Add a connected app',
  which: 'Provider',
  template: 'Documentation of the provider:',
  adding: (title: string) => `Add a connected app: ${title}`,
  tell: 'Register this redirect URI at the provider. It contains the ID below; another ID makes another URI:',
  itself: 'Without a client ID this server registers there automatically (RFC 7591), if the provider allows it.',
  clients: 'Create the client there:',
  copy: 'Copy',
  copied: 'Copied',
  redirectUri: 'Redirect URI',
  changing:
    'Saving reads the metadata of the server again. An empty field keeps its value; an empty list becomes empty.',
  connect: 'Address for users to connect it',
  documentation: 'Documentation',
};
