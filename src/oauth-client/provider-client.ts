/** This server as the client of a provider: everything that a request needs, for connected apps and social login. */
import * as oauth from 'oauth4webapi';
import { importPrivateKey, type SigningKey } from '../crypto/jwt.ts';
import type { DocumentDeps } from '../http/outbound/external-document.ts';
import { PROTOCOL_LIMITS, safeSend } from '../http/outbound/safe-fetch.ts';
import {
  CLIENT_SECRET_BASIC,
  CLIENT_SECRET_POST,
  type ClientAuthMethod,
  NO_AUTHENTICATION,
  PRIVATE_KEY_JWT,
} from '../protocol/authentication-method.ts';
import type { PKCE_USES } from '../protocol/connected-app.ts';
import { CLOCK_SKEW, SECOND } from '../protocol/lifetimes.ts';
import { type ServerMetadata, TENANT_PLACEHOLDER } from '../protocol/server-metadata.ts';
import type { Provider, TokenAnswer } from '../providers/provider.ts';
import type { AnswerName } from './answer-members.ts';
import { nonceProblem } from './dpop-proofs.ts';
import { conformingResponse } from './endpoint-answer.ts';
import { ProviderFailure } from './provider-failure.ts';

export type ProviderClientDeps = DocumentDeps;

export type ProviderClient = {
  provider: Provider;
  server: ServerMetadata;
  clientId: string;
  authenticate: oauth.ClientAuth;
  /** The other method with a secret, where no administrator chose one and the metadata allows it. */
  alternative?: AlternativeMethod | undefined;
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

/** A client authentication method that a code exchange tries once, and its storage in the record. */
export type AlternativeMethod = { authenticate: oauth.ClientAuth; save: () => Promise<void> };

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

type Credentials = { clientSecret: string | undefined; keys: readonly SigningKey[] };

/**
 * The client authentication methods (RFC 6749 §2.3, RFC 7523 §2.2).
 * @throws ProviderFailure where the secret is missing.
 */
const AUTHENTICATIONS: Record<ClientAuthMethod, (given: Credentials, server: ServerMetadata) => oauth.ClientAuth> = {
  [NO_AUTHENTICATION]: () => oauth.None(),
  [CLIENT_SECRET_BASIC]: (given) => basic(secretOf(given)),
  [CLIENT_SECRET_POST]: (given) => oauth.ClientSecretPost(secretOf(given)),
  [PRIVATE_KEY_JWT]: ({ keys }, server) => {
    const key = keyFor(keys, server);
    return async (...request) => oauth.PrivateKeyJwt({ key: await importPrivateKey(key), kid: key.kid })(...request);
  },
};

function authenticationOf(method: ClientAuthMethod, given: Credentials, server: ServerMetadata): oauth.ClientAuth {
  return AUTHENTICATIONS[method](given, server);
}

/** RFC 6749 §2.3.1: the two methods with a secret. */
const OTHER_METHOD: Partial<Record<ClientAuthMethod, ClientAuthMethod>> = {
  [CLIENT_SECRET_BASIC]: CLIENT_SECRET_POST,
  [CLIENT_SECRET_POST]: CLIENT_SECRET_BASIC,
};

/**
 * The client authentication at a provider.
 * @param chosen the method that an administrator chose: then there is no alternative.
 * @param save stores the alternative method in the record.
 */
export function clientAuthenticationFor(
  server: ServerMetadata,
  given: Credentials & { method: ClientAuthMethod; chosen: ClientAuthMethod | undefined },
  save: (method: ClientAuthMethod) => Promise<void>,
): Pick<ProviderClient, 'authenticate' | 'alternative'> {
  const authenticate = authenticationOf(given.method, given, server);
  const alternative = OTHER_METHOD[given.method];
  const isListed = alternative && (server.token_endpoint_auth_methods_supported?.includes(alternative) ?? true);
  if (given.chosen !== undefined || !isListed) return { authenticate };
  return {
    authenticate,
    alternative: { authenticate: authenticationOf(alternative, given, server), save: () => save(alternative) },
  };
}

/**
 * client_secret_basic, form-encoded (RFC 6749 §2.3.1), but only where necessary: some servers compare without decoding,
 * and the library's own method encodes the dashes that most ids have.
 */
function basic(secret: string): oauth.ClientAuth {
  const encoded = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  return (_, { client_id }, __, headers) => {
    const pair = Buffer.from(`${encoded(client_id)}:${encoded(secret)}`).toString('base64');
    headers.set('authorization', `Basic ${pair}`);
  };
}

function secretOf({ clientSecret }: Credentials): string {
  if (clientSecret !== undefined) return clientSecret;
  throw new ProviderFailure('refused', 'the client secret of this server is missing');
}

/** The first signing key whose algorithm the server accepts; the default key where it lists none. */
function keyFor(keys: readonly SigningKey[], server: ServerMetadata): SigningKey {
  const accepted = server.token_endpoint_auth_signing_alg_values_supported;
  const namesOf = (key: SigningKey) => (key.alg === 'EdDSA' ? ['EdDSA', 'Ed25519'] : [key.alg]);
  const key =
    keys.find((candidate) => !accepted || namesOf(candidate).some((alg) => accepted.includes(alg))) ?? keys[0];
  if (!key) throw new ProviderFailure('refused', 'this server has no key that is accepted there');
  return key;
}

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
