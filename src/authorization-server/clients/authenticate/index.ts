/** Endpoints of authenticated clients, and the table of methods, of which a client must use the registered one (RFC 6749 §2.3). */
import type { Context } from 'hono';
import { readForm } from '../../../http/body.ts';
import type { Web } from '../../../http/context.ts';
import type { Parameters } from '../../../http/parameters.ts';
import { OAuthError, tooManyRequests } from '../../../protocol/oauth-error.ts';
import { proofWasUsed, wasUsed } from '../../../storage/grants/single-use.ts';
import { checkEnabled } from '../client-approval.ts';
import { withClient } from '../client-lookup.ts';
import { basicClientIdWithoutSecret, clientSecretBasic, clientSecretPost } from './client-secret.ts';
import {
  type AuthenticateDeps,
  type AuthenticatedClient,
  type AuthMethod,
  type ClientCredentials,
  checkAuthMethod,
} from './method.ts';
import { none } from './none.ts';
import { privateKeyJwt } from './private-key-jwt.ts';
import { spiffeJwt } from './spiffe-jwt.ts';

/** A new method is a file and a line here, and an entry in `protocol/authentication-method.ts`. */
const METHODS: readonly AuthMethod[] = [privateKeyJwt, spiffeJwt, clientSecretBasic, clientSecretPost, none];

type ClientRequestHandler = (c: Context<Web>, authenticated: AuthenticatedClient, form: Parameters) => Promise<object>;

/** Authenticates a client without credentials of its own by the grant of its request; undefined for another grant. */
export type GrantAuthentication = (
  deps: AuthenticateDeps,
  form: Parameters,
) => Promise<AuthenticatedClient | undefined> | undefined;

type EndpointOptions = { status?: 200 | 201; byGrant?: GrantAuthentication };

/** Reads the form, authenticates the client, and sends the handler's result as JSON without caching. */
export function clientEndpoint(handle: ClientRequestHandler, { status = 200, byGrant }: EndpointOptions = {}) {
  return async function handleClientRequest(c: Context<Web>) {
    const deps = c.get('deps');
    const form = await readForm(c);
    form.refuseDuplicates();
    const authenticated = await authenticateClient(
      deps,
      { authorization: c.req.header('authorization'), form },
      byGrant,
    );
    c.set('clientOrigins', authenticated.client.allowedOrigins);
    c.get('logFields').client = authenticated.client.id;
    try {
      // RFC 6749 §5.1: MUST include "Cache-Control: no-store" and "Pragma: no-cache" in any response containing tokens.
      return c.json(await handle(c, authenticated, form), status, { 'Cache-Control': 'no-store', Pragma: 'no-cache' });
    } catch (error) {
      // RFC 9449 §11.1: servers can store the jti of each proof, and decline one that was used before.
      if (proofWasUsed(error)) throw new OAuthError('invalid_dpop_proof', 'the DPoP proof was used before.');
      if (!wasUsed(error)) throw error;
      // RFC 7523 §3: the authorization server MAY ensure that JWTs are not replayed: an assertion is single-use.
      throw withChallenge(deps, new OAuthError('invalid_client', 'the client assertion was used before.'));
    }
  };
}

/** The errors of failed authentication: that of a grant is invalid_grant (RFC 7523 §3.1). */
const FAILURES: readonly string[] = ['invalid_client', 'invalid_grant'];

/**
 * Authenticates the client of a request.
 * @throws OAuthError invalid_client (401), invalid_grant, or too_many_requests after repeated failures.
 */
async function authenticateClient(
  deps: AuthenticateDeps,
  credentials: ClientCredentials,
  byGrant: GrantAuthentication | undefined,
): Promise<AuthenticatedClient> {
  try {
    return await authenticate(deps, credentials, byGrant);
  } catch (error) {
    if (!(error instanceof OAuthError) || !FAILURES.includes(error.code)) throw error;
    const { success } = await deps.rateLimits.failedAuthentication.limit({ key: deps.network });
    if (!success) throw tooManyRequests('too many failed client authentications from your network.', 60);
    throw error.code === 'invalid_client' ? withChallenge(deps, error) : error;
  }
}

/**
 * RFC 6749 §5.2: the authorization server MUST respond with a 401 and include the "WWW-Authenticate" header. It has the
 * description, too: many libraries do not show the body of a 401.
 */
export function withChallenge({ config }: Pick<AuthenticateDeps, 'config'>, { description, cause, about }: OAuthError) {
  const basic = `Basic realm="${config.issuer}", charset="UTF-8"`;
  const headers = { 'WWW-Authenticate': `${basic}, error="invalid_client", error_description="${description}"` };
  return new OAuthError('invalid_client', description, { headers, cause, about });
}

async function authenticate(
  deps: AuthenticateDeps,
  credentials: ClientCredentials,
  byGrant: GrantAuthentication | undefined,
): Promise<AuthenticatedClient> {
  const presented = METHODS.filter((method) => method !== none && method.isPresented(credentials));
  // RFC 6749 §2.3: The client MUST NOT use more than one authentication method in each request.
  if (presented.length > 1) throw new OAuthError('invalid_request', 'use one client authentication method, not two.');
  const ofGrant = presented.length === 0 ? await byGrant?.(deps, credentials.form) : undefined;
  if (ofGrant) return ofGrant;
  const [only = none] = presented;
  const method = only === clientSecretBasic && basicClientIdWithoutSecret(credentials) !== undefined ? none : only;
  const clientId = credentials.form.one('client_id');
  if (clientId === undefined && method.withoutClientId)
    return method.withoutClientId(deps, credentials, (id) => authenticateAs(deps, id, method, credentials));
  const id = method.clientId(credentials);
  if (clientId !== undefined && clientId !== id) {
    throw new OAuthError('invalid_client', 'client_id is not the client that authenticates.');
  }
  return authenticateAs(deps, id, method, credentials);
}

function authenticateAs(
  deps: AuthenticateDeps,
  id: string,
  method: AuthMethod,
  credentials: ClientCredentials,
): Promise<AuthenticatedClient> {
  return withClient(deps, id, async (client) => {
    checkAuthMethod(client, method.method);
    const singleUses = await method.check(deps, client, credentials);
    checkEnabled(client, await deps.settings());
    return { client, singleUses };
  });
}
