/** Snippets for applications in a browser and for Auth.js: docs/how-to/react-oidc-client-ts.md and authjs-nextjs.md. */
import { CLIENT_SECRET_POST } from '../../../protocol/authentication-method.ts';
import { authenticationOf, literal, redirectOf, type Snippet, type SnippetValues, snippetScopes } from './snippet.ts';

export function oidcClientTs({ issuer, clientId, metadata }: SnippetValues): Snippet {
  const [signedOut] = metadata.post_logout_redirect_uris ?? [];
  const text = `import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

export const users = new UserManager({
  authority: ${literal(issuer)},
  client_id: ${literal(clientId)},
  redirect_uri: ${literal(redirectOf(metadata))},${signedOut === undefined ? '' : `\n  post_logout_redirect_uri: ${literal(signedOut)},`}
  scope: ${literal(snippetScopes(metadata))},
  userStore: new WebStorageStateStore({ store: sessionStorage }),
});

export const signIn = () => users.signinRedirect();

/** On the page of the redirect URI. The code leaves the address bar: sent again, it would revoke the grant. */
export async function finish() {
  const user = await users.signinCallback();
  history.replaceState(null, '', '/');
  return user;
}
`;
  return { name: 'oidc-client-ts', where: 'TypeScript', text };
}

const PROVIDER = 'postern';

/** The id of the provider ends the redirect URI. */
const providerIn = (redirectUri: string): string => /\/callback\/([\w-]+)$/.exec(redirectUri)?.[1] ?? PROVIDER;

export function authJs({ issuer, clientId, metadata }: SnippetValues): Snippet {
  const id = providerIn(redirectOf(metadata));
  // Auth.js puts the secret into the header where no method is named.
  const method =
    authenticationOf(metadata) === 'post'
      ? `\n      client: { token_endpoint_auth_method: ${literal(CLIENT_SECRET_POST)} },`
      : '';
  const text = `import NextAuth from 'next-auth';

export const { handlers, auth, signIn, signOut } = NextAuth({
  providers: [
    {
      // The redirect URI ends with /api/auth/callback/${id}.
      id: ${literal(id)},
      name: 'Sign in',
      type: 'oidc',
      issuer: ${literal(issuer)},
      clientId: ${literal(clientId)},
      clientSecret: process.env.CLIENT_SECRET,${method}
      authorization: { params: { scope: ${literal(snippetScopes({ ...metadata, grant_types: [] }))} } },
    },
  ],
});
`;
  return { name: 'Auth.js', where: 'auth.ts', text };
}
