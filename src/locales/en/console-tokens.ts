/** Tokens and grants in the console, beside the definitions of these records. */
export const consoleTokens = {
  grants: 'Grants',
  tokens: 'Access tokens',
  toGrant: 'Grant',
  toDecode: 'Decode a token',
  revokeAll: 'Revoke all of this…',
  decode: {
    title: 'Decode a token',
    lead: 'Paste an access token or an ID token to see its claims. It is neither stored nor logged.',
    token: 'Token',
    submit: 'Decode',
    problem: 'This is not a token that can be decoded: it has three parts, joined by dots.',
    unproven: 'These are the claims of the token. Its signature was not verified.',
    ends: 'Expires',
    ended: 'Expired',
    header: 'Header',
    claims: 'Claims',
    revoke: 'Revoke this token…',
    revokeGrant: 'Revoke its grant…',
  },
};
