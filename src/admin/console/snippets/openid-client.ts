/** Snippets for openid-client 6: docs/how-to/hono-openid-client.md. */
import { authenticationOf, literal, redirectOf, type Snippet, type SnippetValues, snippetScopes } from './snippet.ts';

/** The lines before, and the arguments of `discovery` behind the client ID. */
const AUTHENTICATION = {
  none: { before: '', by: ['undefined', 'client.None()'] },
  basic: { before: '', by: ['undefined', 'client.ClientSecretBasic(process.env.CLIENT_SECRET)'] },
  post: { before: '', by: ['process.env.CLIENT_SECRET'] },
  key: {
    before: `// The private half of the key that was registered, as a JWK.
const jwk = JSON.parse(process.env.CLIENT_KEY);
const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
`,
    by: ['undefined', 'client.PrivateKeyJwt({ key, kid: jwk.kid })'],
  },
} as const;

/** The import, and the configuration by discovery. Only plain http needs an option. */
function head({ issuer, clientId, metadata }: SnippetValues): string {
  const { before, by } = AUTHENTICATION[authenticationOf(metadata)];
  const insecure = '{ execute: [client.allowInsecureRequests] }';
  const more = issuer.startsWith('http:') ? [by[0], by[1] ?? 'undefined', insecure] : by;
  const given = [`new URL(${literal(issuer)})`, literal(clientId), ...more];
  return `import * as client from 'openid-client';

${before}const config = await client.discovery(
${given.map((argument) => `  ${argument},`).join('\n')}
);
`;
}

const named = (text: string): Snippet => ({ name: 'openid-client', where: 'JavaScript', text });

export const openidClientCode = (values: SnippetValues): Snippet =>
  named(`${head(values)}
/** Redirect the user to \`address\`; keep \`verifier\` and \`state\` in their session. */
export async function signIn() {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: ${literal(redirectOf(values.metadata))},
    scope: ${literal(snippetScopes(values.metadata))},
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  });
  return { address: address.href, verifier, state };
}

/** Call it at the redirect URI, with the whole address. It validates state, iss and the id_token. */
export async function finish(address, { verifier, state }) {
  const checks = { pkceCodeVerifier: verifier, expectedState: state };
  const tokens = await client.authorizationCodeGrant(config, new URL(address), checks);
  return { tokens, user: tokens.claims() };
}
`);

export const openidClientDevice = (values: SnippetValues): Snippet =>
  named(`${head(values)}
const device = await client.initiateDeviceAuthorization(config, { scope: ${literal(snippetScopes(values.metadata))} });
console.log(\`Enter \${device.user_code} at \${device.verification_uri}\`);
const tokens = await client.pollDeviceAuthorizationGrant(config, device);
console.log(tokens.access_token);
`);

export function openidClientService(values: SnippetValues): Snippet {
  const { scope } = values.metadata;
  const parameters = scope ? `{ scope: ${literal(scope)} }` : '{}';
  return named(`${head(values)}
const tokens = await client.clientCredentialsGrant(config, ${parameters});
console.log(tokens.access_token);
`);
}
