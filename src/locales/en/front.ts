/** The front page. */
export const frontTexts = {
  title: 'Welcome',
  heading: 'Sign in once, use it everywhere',
  lead: 'This server signs users in, and lets applications act for them: only with the consent of the user, only within that consent, and only until the user revokes it.',
  address: <T>(issuer: T) => [
    'Applications use it by OAuth 2.1 and OpenID Connect. They need its address only, ',
    issuer,
    '.',
  ],
  account: 'Your account',
  signUp: 'Create an account',
  programs: 'For developers',
  documents: {
    server: ['Authorization server metadata', 'RFC 8414: the endpoints and features of this server'],
    openidConfiguration: ['OpenID configuration', 'The same for OpenID Connect clients'],
    resource: ['Protected resource metadata', 'RFC 9728: the protected resource and its authorization server'],
    reference: ['API reference', 'The APIs of this server beside the OAuth endpoints'],
    keys: ['Public keys', 'The JWK set that verifies tokens of this server'],
  } as Record<
    'server' | 'openidConfiguration' | 'resource' | 'reference' | 'keys',
    readonly [name: string, about: string]
  >,
};
