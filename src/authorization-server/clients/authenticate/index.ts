/** How a client proves itself: a table of methods, of which it must use the one it registered (RFC 6749 §2.3). */
import { OAuthError, tooManyRequests } from '../../../protocol/oauth-error.ts';
import { checkEnabled, judgeClient } from '../find.ts';
import { clientSecretBasic, clientSecretPost } from './client-secret.ts';
import type { AuthenticateDeps, AuthMethod, Caller, Credentials } from './method.ts';
import { none } from './none.ts';
import { privateKeyJwt } from './private-key-jwt.ts';

/** A method more is a file and a line here; metadata and registration follow. The strongest first. */
const METHODS: readonly AuthMethod[] = [privateKeyJwt, clientSecretBasic, clientSecretPost, none];

export const AUTH_METHODS: string[] = METHODS.map(({ method }) => method);

/**
 * The client that the request proves to be.
 * @throws OAuthError invalid_client (401), or too_many_requests for somebody who keeps guessing.
 */
export async function authenticateClient(deps: AuthenticateDeps, credentials: Credentials): Promise<Caller> {
  try {
    return await authenticate(deps, credentials);
  } catch (error) {
    if (!(error instanceof OAuthError) || error.code !== 'invalid_client') throw error;
    const { success } = await deps.ceilings.failedAuthentication.limit({ key: deps.network });
    if (!success) throw tooManyRequests('too many wrong client credentials came from your network.', 60);
    throw withChallenge(deps, error);
  }
}

/** RFC 6749 §5.2: the authorization server MUST respond with a 401 and include the "WWW-Authenticate" header. */
export function withChallenge({ config }: Pick<AuthenticateDeps, 'config'>, { description, cause }: OAuthError) {
  const headers = { 'WWW-Authenticate': `Basic realm="${config.issuer}", charset="UTF-8"` };
  return new OAuthError('invalid_client', description, { headers, cause });
}

async function authenticate(deps: AuthenticateDeps, credentials: Credentials): Promise<Caller> {
  const presented = METHODS.filter((method) => method !== none && method.isPresented(credentials));
  // RFC 6749 §2.3: The client MUST NOT use more than one authentication method in each request.
  if (presented.length > 1) throw new OAuthError('invalid_request', 'use one way to authenticate the client, not two.');
  const method = presented[0] ?? none;
  const id = method.clientId(credentials);
  const named = credentials.form.one('client_id');
  if (named !== undefined && named !== id) {
    throw new OAuthError('invalid_client', 'client_id is not the client that authenticates.');
  }
  return judgeClient(deps, id, async (client) => {
    const registered = client.metadata.token_endpoint_auth_method;
    if (registered !== method.method) {
      throw new OAuthError(
        'invalid_client',
        `this client must authenticate by ${registered}, not by ${method.method}.`,
      );
    }
    const spends = await method.check(deps, client, credentials);
    checkEnabled(client);
    return { client, spends };
  });
}
