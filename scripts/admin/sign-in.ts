/** Signing in at a server elsewhere: its own code flow with PKCE, answered on a loopback port (RFC 8252 §7.3). */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oauth from 'oauth4webapi';
import { Failure } from '../failure.ts';

/** The client that comes with every server for this command. */
const CLIENT: oauth.Client = { client_id: 'postern-command' };

const PATIENCE = 5 * 60 * 1000;

/** @returns an access token with the scope `admin`. Nothing is kept: each command signs in, and consent is asked. */
export async function signInElsewhere(issuer: string): Promise<string> {
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
    return tokens.access_token;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`Signing in did not work: ${(error as Error).message}`);
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
