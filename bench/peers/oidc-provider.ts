/** oidc-provider as its README sets it up, with its default adapter, which keeps everything in memory. */
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, CODE_CHALLENGE } = process.env;

const client = { redirect_uris: [REDIRECT_URI], response_types: ['code'] };
const machine = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] };

const server = createServer().listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(url, {
    clients: [
      {
        ...client,
        client_id: CLIENT_ID,
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'none',
      },
      {
        ...machine,
        client_id: 'machine',
        client_secret: CLIENT_SECRET,
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    features: { registration: { enabled: true }, clientCredentials: { enabled: true } },
    issueRefreshToken: async () => true,
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  });
  const answer = provider.callback();
  server.on('request', (request, response) =>
    request.url?.startsWith('/codes?') ? sendCodes(provider, request, response) : answer(request, response),
  );
  console.log(JSON.stringify({ url }));
});

/** The codes of as many users as the query asks for: outside of what is measured. */
async function sendCodes(provider, request, response) {
  const count = Number(request.url.split('=')[1]);
  const codes = [];
  for (let index = 0; index < count; index++) {
    const grant = new provider.Grant({ clientId: CLIENT_ID, accountId: 'user' });
    grant.addOIDCScope('openid profile');
    const code = new provider.AuthorizationCode({
      accountId: 'user',
      client: await provider.Client.find(CLIENT_ID),
      grantId: await grant.save(),
      gty: 'authorization_code',
      redirectUri: REDIRECT_URI,
      scope: 'openid profile',
      codeChallenge: CODE_CHALLENGE,
      codeChallengeMethod: 'S256',
      authTime: Math.floor(Date.now() / 1000),
    });
    codes.push(await code.save());
  }
  response.end(JSON.stringify(codes));
}
