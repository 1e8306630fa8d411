/** The validated logout request (OpenID Connect RP-Initiated Logout §2, §3). */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { logAsOAuthError } from '../../http/error-response.ts';
import { type Parameters, parseParameters } from '../../http/parameters.ts';
import { rememberLocales } from '../../http/preferred-languages.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { type Client, mayRedirectWithoutPage } from '../clients/client.ts';
import { withClient } from '../clients/client-lookup.ts';
import { type IdTokenHint, openIdTokenHint } from '../id-token-hint.ts';
import type { PostLogoutRedirect } from './post-logout-redirect.ts';

export type EndSessionRequest = {
  client: Client | undefined;
  hint: IdTokenHint | undefined;
  back: PostLogoutRedirect;
  /** True for an invalid request: no redirect. */
  isInvalid: boolean;
};

const INVALID_REQUEST: EndSessionRequest = {
  client: undefined,
  hint: undefined,
  back: { atOnce: false },
  isInvalid: true,
};

/** The validated request, or INVALID_REQUEST. */
export async function readEndSessionRequest(c: Context<Web>, query: string): Promise<EndSessionRequest> {
  try {
    const parameters = parseParameters(query);
    parameters.refuseDuplicates();
    await rememberLocales(c, parameters.one('ui_locales'));
    return await parseEndSessionRequest(c, parameters);
  } catch (error) {
    logInvalidRequest(c, error);
    return INVALID_REQUEST;
  }
}

/** Logs the error of an invalid request; rethrows server errors. */
export function logInvalidRequest(c: Context<Web>, error: unknown): void {
  if (!(error instanceof OAuthError) || error.status >= 500) throw error;
  logAsOAuthError(c, error);
}

/** Validates the request. @throws OAuthError */
async function parseEndSessionRequest(c: Context<Web>, parameters: Parameters): Promise<EndSessionRequest> {
  const deps = c.get('deps');
  const token = parameters.one('id_token_hint');
  const hint = token === undefined ? undefined : await openIdTokenHint(deps, token);
  const named = parameters.one('client_id');
  // §2: When both are present, the OP MUST verify that the Client Identifier matches the one used when issuing it.
  if (hint && named !== undefined && named !== hint.aud) {
    throw new OAuthError('invalid_request', 'client_id is not the client that id_token_hint was issued to.');
  }
  const id = named ?? hint?.aud;
  const uri = parameters.one('post_logout_redirect_uri');
  // §2: without an ID Token the OP MUST NOT redirect unless it can confirm the target by other means: a client_id.
  if (uri !== undefined && id === undefined) {
    throw new OAuthError('invalid_request', 'post_logout_redirect_uri needs an id_token_hint or a client_id.');
  }
  const decide = (found: Client) => {
    c.get('logFields').client = found.id;
    return checkPostLogoutRedirectUri(found, uri);
  };
  const client = id === undefined ? undefined : await withClient(deps, id, decide);
  // §3: the OP MUST NOT redirect without an ID Token unless it has other means of confirming the legitimacy of the target.
  // RFC 9700 §4.11.2: a self-registered client could use this server as an open redirector.
  const atOnce =
    hint !== undefined || (client !== undefined && mayRedirectWithoutPage({ client, redirectUri: uri ?? '' }));
  return { client, hint, back: { uri, state: parameters.one('state'), atOnce }, isInvalid: false };
}

function checkPostLogoutRedirectUri(client: Client, uri: string | undefined): Client {
  // §3: The value MUST have been previously registered; the OP MUST NOT perform the redirection otherwise.
  if (uri !== undefined && !client.metadata.post_logout_redirect_uris?.includes(uri)) {
    throw new OAuthError('invalid_request', 'post_logout_redirect_uri is not registered for this client.');
  }
  return client;
}
