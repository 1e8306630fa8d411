/** Signing in at a remote server: its own code flow with PKCE, answered on a loopback port (RFC 8252 §7.3). */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oauth from 'oauth4webapi';
import { Failure } from '../failure.ts';

/** The client that comes with every server for this command. */
const CLIENT: oauth.Client = { client_id: 'postern-command' };

const PATIENCE = 5 * 60 * 1000;

export type CommandToken = {
  /** Has the scope `admin`. */
  accessToken: string;
  /** Revokes what was issued (RFC 7009), and says so on stderr where the server did not. */
  end: () => Promise<void>;
};

/** Nothing is kept: each command signs in, consent is asked, and the token is revoked when the command ends. */
export async function signInElsewhere(issuer: string): Promise<CommandToken> {
  const isLocal = issuer.startsWith('http://');
  const options = { [oauth.allowInsecureRequests]: isLocal };
  const url = new URL(issuer);
  const discovered = await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...options }).catch((cause) => {
    throw new Failure(`Nothing answers at ${issuer}: ${(cause as Error).message}`);
  });
  const server = await oauth.processDiscoveryResponse(url, discovered);
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const { redirectUri, answer } = await listen();
  const authorize = new URL(server.authorization_endpoint ?? '');
  const request = new URLSearchParams({
    response_type: 'code',
    client_id: CLIENT.client_id,
    redirect_uri: redirectUri,
    scope: 'openid admin',
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  authorize.search = String(await pushedWhereRequired(server, request, options));
  console.error(`Open this address in your browser, and sign in as an administrator:\n\n  ${authorize.href}\n`);
  try {
    const parameters = oauth.validateAuthResponse(server, CLIENT, await answer, state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      CLIENT,
      oauth.None(),
      parameters,
      redirectUri,
      verifier,
      options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, CLIENT, response);
    const { access_token: accessToken, refresh_token } = tokens;
    // RFC 7009 §2.1: with a refresh token the authorization server ends the access tokens of the grant, too.
    return { accessToken, end: () => revoke(server, refresh_token ?? accessToken, options) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`Signing in did not work: ${(error as Error).message}`);
  }
}

async function revoke(server: oauth.AuthorizationServer, token: string, options: oauth.RevocationRequestOptions) {
  try {
    const response = await oauth.revocationRequest(server, CLIENT, oauth.None(), token, options);
    await oauth.processRevocationResponse(response);
  } catch (cause) {
    console.error(`The token of this command is valid until it expires, because it could not be revoked: ${cause}`);
  }
}

/** RFC 9126 §5: a server that requires it takes only a reference to a request that was pushed. */
async function pushedWhereRequired(
  server: oauth.AuthorizationServer,
  request: URLSearchParams,
  options: oauth.PushedAuthorizationRequestOptions,
): Promise<URLSearchParams> {
  if (!server.require_pushed_authorization_requests) return request;
  const response = await oauth.pushedAuthorizationRequest(server, CLIENT, oauth.None(), request, options);
  const { request_uri } = await oauth.processPushedAuthorizationResponse(server, CLIENT, response);
  return new URLSearchParams({ client_id: CLIENT.client_id, request_uri });
}

/** Waits for the browser on a free port of this machine. */
async function listen(): Promise<{ redirectUri: string; answer: Promise<URL> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const answer = new Promise<URL>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Failure('Nobody signed in within five minutes.')), PATIENCE);
    server.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', redirectUri);
      if (url.pathname !== '/callback') return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': 'text/plain' }).end('Done. You can close this page.');
      clearTimeout(timer);
      server.close();
      resolve(url);
    });
  });
  return { redirectUri, answer };
}
