/** Connections for Workers of the same account: a token, or a request sent with one. */
import type { PersonId } from '../protocol/credentials.ts';
import type { OAuthError, OAuthErrorCode } from '../protocol/oauth-error.ts';
import { errorResponse } from '../web/render-error.tsx';
import { answerRpc, type RpcDeps } from '../web/rpc.ts';
import { APP, fetchAuthorized } from './authorized-fetch.ts';
import type { AppDeps } from './connected-apps.ts';
import { enabledApp, type TakenToken, takeToken } from './connections.ts';
import { noticeTrouble, watched } from './moved.ts';

/** Why there is no token: `connection_required` and `insufficient_scope` are for the person, whom `description` tells where. */
export type Refused = {
  error: OAuthErrorCode;
  description: string;
  status: number;
  headers: Record<string, string>;
  scope?: string;
};

type Deps = AppDeps & Pick<RpcDeps, 'actor'>;

export function tokenForWorker(
  deps: Deps,
  appId: string,
  person: string,
  scopes: readonly string[],
): Promise<TakenToken | Refused> {
  const who = { appId: String(appId), personId: String(person) as PersonId | '', scopes, by: 'workers' } as const;
  return answerRpc<TakenToken | Refused>(deps, 'connections.token', () => takeToken(deps, who), refused);
}

const refused = ({ code, description, status, headers, scope }: OAuthError): Refused => ({
  ...{ error: code, description, status, headers },
  ...(scope === undefined ? {} : { scope }),
});

export function fetchForWorker(deps: Deps, request: Request): Promise<Response> {
  const send = async () => {
    const id = request.headers.get(APP);
    if (!id) return fetchAuthorized(deps, request);
    const app = await enabledApp(deps, id);
    const response = await watched(deps, app, () => fetchAuthorized(deps, request));
    // Even a token that was just refreshed is refused: it may be of another server than the API takes.
    if (response.status === 401) noticeTrouble(deps, app);
    return response;
  };
  return answerRpc(deps, 'connections.fetch', send, (error) => errorResponse(error, deps.moment.requestId));
}
