/** This server as the client of a provider: everything that a request needs, for connected apps and social login. */
import * as oauth from 'oauth4webapi';
import type { DocumentDeps } from '../http/outbound/external-document.ts';
import { PROTOCOL_LIMITS, safeSend } from '../http/outbound/safe-fetch.ts';
import type { PKCE_USES } from '../protocol/connected-app.ts';
import { CLOCK_SKEW, SECOND } from '../protocol/lifetimes.ts';
import { type ServerMetadata, TENANT_PLACEHOLDER } from '../protocol/server-metadata.ts';
import type { Provider, TokenAnswer } from '../providers/provider.ts';
import type { AnswerName } from './answer-members.ts';
import type { ProviderAuthentication } from './client-authentication.ts';
import { nonceProblem } from './dpop-proofs.ts';
import { conformingResponse } from './endpoint-answer.ts';

export type ProviderClientDeps = DocumentDeps;

export type ProviderClient = ProviderAuthentication & {
  provider: Provider;
  server: ServerMetadata;
  clientId: string;
  redirectUri: string;
  /** RFC 8707 */
  resource?: string | undefined;
  /** The use of PKCE (RFC 7636): "auto" where it is left out. */
  pkce?: (typeof PKCE_USES)[number] | undefined;
  /** True where new tokens are requested with a proof (RFC 9449). */
  usesDpop?: boolean;
  /** Further parameters of the authorization request. */
  query: Readonly<Record<string, string>>;
};

/**
 * The metadata of a multi-tenant provider, whose issuer is a template: the issuer of an id_token has the tenant (`tid`) in
 * its place. The library supports this, though its types do not.
 */
export function withIssuerTemplate(server: ServerMetadata): ServerMetadata {
  if (!server.issuer.includes(TENANT_PLACEHOLDER)) return server;
  const { _expectedIssuer } = oauth as unknown as { _expectedIssuer: symbol };
  const expected = ({ claims }: { claims: { tid?: unknown } }) =>
    server.issuer.replace(TENANT_PLACEHOLDER, String(claims.tid));
  return { ...server, [_expectedIssuer]: expected };
}

/** The provider's host, by which failures name it. */
export const providerHost = ({ server }: { server: Pick<ServerMetadata, 'issuer'> }): string =>
  new URL(server.issuer).host;

/** Seconds by which a provider's clock may differ, for `exp` and `nbf` alike. */
const TOLERANCE = CLOCK_SKEW / SECOND;

/** The client as the library takes it. */
export const oauthClientOf = ({ clientId }: ProviderClient): oauth.Client => ({
  client_id: clientId,
  [oauth.clockTolerance]: TOLERANCE,
});

/** The options of every call of the library: the guarded fetch, which validates addresses itself. */
export function fetchOptions(deps: ProviderClientDeps) {
  return { [oauth.customFetch]: send(deps), [oauth.allowInsecureRequests]: true } as const;
}

/** The same for an endpoint whose answers are converted to its specification. */
export function conformingFetchOptions(
  deps: ProviderClientDeps,
  server: Pick<ServerMetadata, 'issuer'>,
  name: AnswerName,
  conform?: (answer: TokenAnswer) => TokenAnswer,
) {
  const plain = send(deps);
  return {
    ...fetchOptions(deps),
    [oauth.customFetch]: async (url: string, options: Options) =>
      conformingResponse(providerHost({ server }), await plain(url, options), name, conform),
  } as const;
}

type Options = { method?: string; headers: Record<string, string>; body?: BodyInit | null };

function send(deps: ProviderClientDeps) {
  return (url: string, { method = 'GET', headers, body }: Options) =>
    safeSend(deps, url, { method, headers, ...(body ? { body } : {}) }, { ...PROTOCOL_LIMITS, refuse: nonceProblem });
}
