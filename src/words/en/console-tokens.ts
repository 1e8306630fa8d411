/** Tokens and grants in the console. */
export const consoleTokens = {
  title: 'Access tokens',
  lead: 'Those that have not expired, by when they do. What is kept is a record; the token itself is nowhere.',
  grants: 'Grants',
  grantsLead: 'What people let applications do. Each is one refresh token, and every access token made with it.',
  toGrants: 'Grants',
  toGrant: 'Its grant',
  toTokens: 'Access tokens',
  toDecode: 'Read a token',
  endAll: 'End all of this…',
  search: {
    label: 'The id of a client, a person (u_…) or a grant (g_…)',
    hint: 'The whole id: parts of one find nothing.',
  },
  searchGrants: {
    label: 'The id of a client, a person (u_…) or a grant (g_…)',
    hint: 'The whole id: parts of one find nothing.',
  },
  column: {
    ...{ client: 'Client', person: 'Person', scopes: 'Scopes', resource: 'For', grant: 'Grant', ends: 'Ends' },
    ...{ since: 'Since', state: 'State', end: 'End it' },
  },
  itself: 'itself',
  revoked: 'revoked',
  endToken: 'End this token…',
  endGrant: 'End this grant…',
  states: {
    active: 'active',
    ended: 'ended',
    expired: 'expired',
    unused: 'unused for too long',
    'cut off': 'ended with all of its client or person',
  },
  asking: {
    token: {
      heading: 'End this access token?',
      what: 'This server refuses it from now on. A resource server that only looks at its signature takes it until it expires. Its grant stays: the client can get another one.',
      submit: 'End the token',
    },
    grant: {
      heading: 'End this grant?',
      what: 'Its refresh token and its access tokens end; other grants of the same person and client stay. The client must ask the person again.',
      submit: 'End the grant',
    },
    client: {
      heading: 'End everything of this client?',
      what: 'Every grant, refresh token, access token and code that the client has now ends, of all people. The client itself stays and may ask again.',
      submit: 'End everything',
    },
    person: {
      heading: 'End everything of this person?',
      what: 'They are signed out everywhere, and every grant, refresh token, access token, API key and code of theirs ends. The account stays, and they may sign in again.',
      submit: 'End everything',
    },
  },
  decode: {
    title: 'Read a token',
    lead: 'Paste an access token or an ID token to see what it says. It is neither kept nor logged.',
    token: 'The token',
    submit: 'Read it',
    problem: 'This is not a token that can be read: it has three parts, joined by dots.',
    unproven: 'This is what the token says. Its signature was not looked at.',
    ...{ ends: 'Ends', ended: 'Ended', header: 'Header', claims: 'Claims' },
    revoke: 'End this token…',
  },
};
