/** better-auth with its OAuth 2.1 Provider plugin as its documentation sets it up, on SQLite in memory. */
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { oauthProvider } from '@better-auth/oauth-provider';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';

const { CLIENT_SECRET, REDIRECT_URI, CODE_CHALLENGE } = process.env;

const server = createServer().listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const auth = betterAuth({
    baseURL: url,
    secret: CLIENT_SECRET,
    database: new DatabaseSync(':memory:'),
    emailAndPassword: { enabled: true },
    disabledPaths: ['/token'],
    // The callers of a run all have one address.
    rateLimit: { enabled: false },
    plugins: [
      jwt(),
      oauthProvider({
        loginPage: '/sign-in',
        consentPage: '/consent',
        scopes: ['openid', 'profile', 'email', 'offline_access', 'read'],
        clientPrivileges: () => true,
        allowDynamicClientRegistration: true,
        allowUnauthenticatedClientRegistration: true,
        rateLimit: { token: false, authorize: false, register: false, userinfo: false, introspect: false },
      }),
    ],
  });
  const { runMigrations } = await getMigrations(auth.options);
  await runMigrations();
  const { headers } = await auth.api.signUpEmail({
    body: { email: 'user@example.com', password: 'seven quiet otters', name: 'User' },
    returnHeaders: true,
  });
  const cookie = headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const make = (body) => auth.api.adminCreateOAuthClient({ headers: new Headers({ cookie }), body });
  const client = await make({
    redirect_uris: [REDIRECT_URI],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid profile offline_access',
    skip_consent: true,
  });
  const machine = await make({
    redirect_uris: [REDIRECT_URI],
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['client_credentials'],
    scope: 'read',
    client_credentials_scopes: ['read'],
  });
  const answer = toNodeHandler(auth);
  server.on('request', (request, response) =>
    request.url?.startsWith('/codes?')
      ? sendCodes(auth, url, client, cookie, request, response)
      : answer(request, response),
  );
  const { client_id, client_secret } = machine;
  console.log(JSON.stringify({ url, client_id: client.client_id, machine: { client_id, client_secret } }));
});

/** The codes of as many authorization requests as the query asks for: outside of what is measured. */
async function sendCodes(auth, url, client, cookie, request, response) {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile offline_access',
    state: 'state',
    code_challenge: CODE_CHALLENGE,
    code_challenge_method: 'S256',
  });
  const codes = [];
  for (let index = 0; index < Number(request.url.split('=')[1]); index++) {
    const answered = await auth.handler(
      new Request(`${url}/api/auth/oauth2/authorize?${query}`, { headers: { cookie } }),
    );
    codes.push(new URL(answered.headers.get('location')).searchParams.get('code'));
  }
  response.end(JSON.stringify(codes));
}
