/** The pages of clients in the console, beside the definition of the record. */
export const consoleClients = {
  title: 'Create a client',
  which: 'Which type of application is it?',
  registeredItself: 'This client registered its metadata itself. Here you set what only an administrator may set.',
  previousSecret: 'Previous secret valid until',
  waiting: {
    title: 'Awaiting approval',
    lead: (days: number) =>
      `Users want to use these clients. Nothing that they say of themselves was checked. A request that no administrator decides about expires after ${days} days.`,
    caption: 'Clients that await approval, the longest waiting first',
    column: { name: 'Name', address: 'First redirect URI', since: 'Since', actions: 'Actions' },
    approve: 'Approve',
  },
  problems: {
    none: 'None: no request of this client was refused lately.',
    caption: (most: number) =>
      `Errors of its requests, the latest first, at most ${most}. Anyone who knows the client ID can send such requests.`,
  },
  kinds: {
    website: {
      label: 'Web application',
      about: 'Runs on a server that can keep a secret; users sign in with a browser.',
    },
    browser: {
      label: 'Single-page app',
      about: 'Runs in the browser: a public client without a secret.',
    },
    native: {
      label: 'Native app',
      about:
        'Runs on a phone or computer: opens a browser to sign in, and returns by a private-use scheme or loopback.',
    },
    device: {
      label: 'Device',
      about: 'Has no browser: shows a user code that is entered on another device (RFC 8628).',
    },
    service: {
      label: 'Service',
      about: 'Acts without a user, by client credentials with a secret or a key.',
    },
  },
};
