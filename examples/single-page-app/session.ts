/** The signed-in user, as a page without a backend knows them: the code flow with PKCE, refresh, and an end. */
import * as oauth from 'oauth4webapi';

// Filled in when the page is built.
declare const ISSUER: string;
declare const CLIENT_ID: string;
declare const API: string;

const client: oauth.Client = { client_id: CLIENT_ID };
const redirectUri = `${location.origin}/`;
// http is for this machine only: there, nobody listens.
const options = { [oauth.allowInsecureRequests]: ISSUER.startsWith('http://localhost') };

type Tokens = { access: string; refresh?: string | undefined; expiresAt: number };

async function discover(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(ISSUER);
  const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...options });
  return oauth.processDiscoveryResponse(issuer, response);
}

export const isSignedIn = (): boolean => sessionStorage.tokens !== undefined;

/** Leaves for the sign-in page. */
export async function signIn(): Promise<void> {
  const server = await discover();
  sessionStorage.verifier = oauth.generateRandomCodeVerifier();
  sessionStorage.state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint ?? '');
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    // The API that the tokens are for, and what they may do there.
    resource: API,
    scope: 'tasks.read tasks.write offline_access',
    state: sessionStorage.state,
    code_challenge: await oauth.calculatePKCECodeChallenge(sessionStorage.verifier),
    code_challenge_method: 'S256',
  }).toString();
  location.assign(url);
}

/** Back from there: redeems the code, which leaves the address bar. @throws where the user said no. */
export async function finishSignIn(): Promise<void> {
  const { state, verifier } = sessionStorage;
  const here = new URL(location.href);
  history.replaceState(null, '', redirectUri);
  const server = await discover();
  const answer = answerOf(server, here, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    answer,
    redirectUri,
    verifier,
    options,
  );
  keep(await oauth.processAuthorizationCodeResponse(server, client, response));
}

/** Checks state and iss. @throws where the answer is an error. */
function answerOf(server: oauth.AuthorizationServer, here: URL, state: string): URLSearchParams {
  try {
    return oauth.validateAuthResponse(server, client, here, state);
  } catch (error) {
    if (!(error instanceof oauth.AuthorizationResponseError)) throw error;
    throw new Error(error.error === 'access_denied' ? 'You did not allow it.' : `Signing in failed: ${error.error}.`);
  }
}

let refreshing: Promise<void> | undefined;

/** A valid access token; concurrent callers share one refresh. @throws Error where the session has ended. */
export async function accessToken(): Promise<string> {
  if (kept().expiresAt < Date.now() + 10_000) {
    refreshing ??= refresh().finally(() => {
      refreshing = undefined;
    });
    await refreshing;
  }
  return kept().access;
}

async function refresh(): Promise<void> {
  const server = await discover();
  const { refresh = '' } = kept();
  const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refresh, options);
  try {
    keep(await oauth.processRefreshTokenResponse(server, client, response), refresh);
  } catch (error) {
    // The grant was revoked. Any other failure may be temporary.
    if (error instanceof oauth.ResponseBodyError) forget();
    throw error;
  }
}

/** Ends the grant there, and the session here. */
export async function signOut(): Promise<void> {
  const { access, refresh } = kept();
  forget();
  await oauth.revocationRequest(await discover(), client, oauth.None(), refresh ?? access, options);
}

export const forget = (): void => sessionStorage.removeItem('tokens');

const kept = (): Tokens => JSON.parse(sessionStorage.tokens);

/** A refresh token is replaced at each use; where none comes, the old one stays. */
function keep(answer: oauth.TokenEndpointResponse, before?: string): void {
  const expiresAt = Date.now() + (answer.expires_in ?? 0) * 1000;
  const tokens: Tokens = { access: answer.access_token, refresh: answer.refresh_token ?? before, expiresAt };
  sessionStorage.tokens = JSON.stringify(tokens);
}
