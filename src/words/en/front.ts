/** The front page and the frame of the playground. */
export const front = {
  title: 'Welcome',
  heading: 'Sign in once, use it elsewhere',
  lead: 'This server knows who people are, and lets applications act for them: only when the person agrees, only as far as they agreed, and only until they change their mind.',
  address: <T>(issuer: T) => [
    'Applications speak OAuth 2.1 and OpenID Connect with it. They need nothing but its address, ',
    issuer,
    '.',
  ],
  account: 'Your account',
  signUp: 'Make an account',
  programs: 'For programs',
  documents: {
    server: ['Authorization server metadata', 'RFC 8414: every endpoint and what it can do'],
    openid: ['OpenID configuration', 'The same, where OpenID clients look for it'],
    resource: ['Protected resource metadata', 'RFC 9728: what is protected here, and by whom'],
    reference: ['API reference', 'What this server answers beside OAuth itself'],
    keys: ['Public keys', 'With these anybody can verify a token of this server'],
  } as Record<'server' | 'openid' | 'resource' | 'reference' | 'keys', readonly [name: string, about: string]>,
  playground: {
    title: 'Playground',
    heading: 'See it work',
    what: 'One button runs the authorization code flow with PKCE, here in your browser, as an application without a secret would: every request, every answer, and what is inside the tokens.',
    noScript: 'The playground is a JavaScript application. Everything else here works without.',
    run: 'Run the flow',
  },
};
