/** RPC methods for Workers of the same account: an access token of a connection, or a request sent with one. */
import * as z from 'zod/mini';
import { type RpcDeps, runRpc } from '../http/rpc.ts';
import { errorResponse } from '../protocol/error-parameters.ts';
import { OAuthError, type OAuthErrorCode } from '../protocol/oauth-error.ts';
import { type AssertionGrant, connectByAssertion } from './assertion-grant.ts';
import { APP_HEADER, fetchAuthorized, USER_HEADER } from './authorized-fetch.ts';
import type { AppDeps } from './connected-apps.ts';
import { type ConnectionToken, connectionToken, connectionUser, enabledApp } from './connections.ts';
import { scheduleIssuerCheck, withIssuerCheck } from './issuer-migration.ts';

/** The error of a refused call; for `connection_required` and `insufficient_scope` the description has the user's link. */
export type ConnectionError = {
  error: OAuthErrorCode;
  description: string;
  status: number;
  headers: Record<string, string>;
  scope?: string;
};

type Deps = AppDeps & Pick<RpcDeps, 'actor'> & { apps: readonly string[]; connects: boolean };

/** Checks the caller's binding. @throws OAuthError access_denied for an app that it does not name. */
function requireAllowedApp({ actor, apps }: Pick<Deps, 'actor' | 'apps'>, id: string): void {
  if (apps.includes('*') || apps.includes(id)) return;
  throw new OAuthError('access_denied', `the binding of ${actor} does not name this app: props = { apps = [...] }.`);
}

/** A valid access token of a connection, for another Worker. */
export function tokenForWorker(
  deps: Deps,
  appId: string,
  user: string,
  scopes: readonly string[],
): Promise<ConnectionToken | ConnectionError> {
  const [app, userText] = [String(appId), String(user)];
  const issue = async () => {
    requireAllowedApp(deps, app);
    return connectionToken(deps, { appId: app, userId: connectionUser(userText), scopes, by: 'workers' });
  };
  const logFields = { app, user: userText };
  return runRpc<ConnectionToken | ConnectionError>(deps, 'connections.token', issue, connectionError, logFields);
}

/** Connects an app for another Worker, by an assertion or an id_token that it has. @returns the granted scopes. */
export function connectForWorker(
  deps: Deps,
  appId: string,
  user: string,
  grant: unknown,
): Promise<{ scope: string } | ConnectionError> {
  const [app, userText] = [String(appId), String(user)];
  const connect = async () => {
    const parsed = parseGrant(grant);
    requireAllowedApp(deps, app);
    if ('identity_provider' in parsed) requireAllowedApp(deps, parsed.identity_provider);
    if (!deps.connects)
      throw new OAuthError(
        'access_denied',
        `the binding of ${deps.actor} connects no apps: props = { connects = true }.`,
      );
    return connectByAssertion(deps, { appId: app, userId: connectionUser(userText), grant: parsed, actor: deps.actor });
  };
  const logFields = { app, user: userText };
  return runRpc<{ scope: string } | ConnectionError>(
    deps,
    'connections.connectByAssertion',
    connect,
    connectionError,
    logFields,
  );
}

const Text = z.string().check(z.minLength(1), z.maxLength(16 * 1024));
const Grant = z.union([
  z.strictObject({ assertion: Text }),
  z.strictObject({ id_token: Text, identity_provider: Text }),
]);

/** @throws TypeError for a wrong call. */
function parseGrant(grant: unknown): AssertionGrant {
  const parsed = Grant.safeParse(grant);
  if (parsed.success) return parsed.data;
  throw new TypeError('connectByAssertion takes { assertion }, or { id_token, identity_provider }.');
}

const connectionError = ({ code, description, status, headers, scope }: OAuthError): ConnectionError => ({
  error: code,
  description,
  status,
  headers,
  ...(scope === undefined ? {} : { scope }),
});

/** The provider's answer to a request of another Worker. */
export function fetchForWorker(deps: Deps, request: Request): Promise<Response> {
  const id = request.headers.get(APP_HEADER);
  const send = async () => {
    if (!id) return fetchAuthorized(deps, request);
    requireAllowedApp(deps, id);
    const app = await enabledApp(deps, id);
    const response = await withIssuerCheck(deps, app, () => fetchAuthorized(deps, request));
    // Even a fresh token is refused: the API may accept tokens of another authorization server now.
    if (response.status === 401) scheduleIssuerCheck(deps, app);
    return response;
  };
  const logFields = { app: id ?? '', user: request.headers.get(USER_HEADER) ?? '' };
  return runRpc(
    deps,
    'connections.fetch',
    send,
    (error) => errorResponse(error, { request_id: deps.moment.requestId }),
    logFields,
  );
}
