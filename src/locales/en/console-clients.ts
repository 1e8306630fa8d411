/** The pages of clients in the console, beside the definition of the record. */
export const consoleClients = {
  title: 'Create a client',
  which: 'Which type of application is it?',
  registeredItself: 'This client registered its metadata itself. Here you set what only an administrator may set.',
  /** The values and programs with which an application uses its client. */
  connect: {
    title: 'Connect the application',
    issuer: 'Issuer',
    metadata: 'Metadata',
    endpoint: {
      authorization_endpoint: 'Authorization endpoint',
      token_endpoint: 'Token endpoint',
      device_authorization_endpoint: 'Device authorization endpoint',
      userinfo_endpoint: 'UserInfo endpoint',
      end_session_endpoint: 'End session endpoint',
      jwks_uri: 'JWKS',
    },
    lead: 'A library that knows OpenID Connect or RFC 8414 needs the issuer only: it reads the endpoints from the metadata.',
    secret: 'The programs read the secret from the environment (CLIENT_SECRET).',
    mcp: 'In Claude and ChatGPT enter the client ID under the advanced settings of the connector.',
  },
  credentials: {
    secret: 'Client secret',
    hasSecret: 'stored as a hash, and shown to nobody',
    noSecret: 'none',
    previousSecret: 'Previous secret valid until',
    rotate: 'Rotate secret…',
  },
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
      label: 'Native app or command line',
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
    mcp: {
      label: 'MCP client',
      about:
        'An assistant or editor that calls MCP servers: Claude, ChatGPT, Cursor. Most register themselves; create one here for those that are given a client ID.',
    },
  },
};
