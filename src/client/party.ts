/** Who this server is at a provider: everything that a request to it needs, for connected apps and social login alike. */
import * as oauth from 'oauth4webapi';
import { privateKeyOf, type SigningKey } from '../crypto/jwt.ts';
import type { ClientAuthMethod } from '../protocol/connected-app.ts';
import type { ServerMetadata } from '../protocol/server-metadata.ts';
import type { DocumentDeps } from '../web/foreign-document.ts';
import { PROTOCOL, sendForeign } from '../web/outbound.ts';
import { refuseNonce } from './proofs.ts';
import { ProviderFailure } from './provider-failure.ts';
import type { Provider, TokenAnswer } from './providers/provider.ts';

export type PartyDeps = DocumentDeps;

export type Party = {
  provider: Provider;
  server: ServerMetadata;
  clientId: string;
  authenticate: oauth.ClientAuth;
  redirectUri: string;
  /** RFC 8707 */
  resource?: string | undefined;
  /** Whether new tokens are asked for with a proof (RFC 9449). */
  usesDpop?: boolean;
  /** Further parameters of the authorize address. */
  query: Readonly<Record<string, string>>;
};

/**
 * A provider with an issuer for each of its directories names a pattern in its metadata; an id_token, in its place, the
 * directory (`tid`) that it is from. The library knows this, though its types do not.
 */
export function withDirectories(server: ServerMetadata): ServerMetadata {
  if (!server.issuer.includes(DIRECTORY)) return server;
  const { _expectedIssuer } = oauth as unknown as { _expectedIssuer: symbol };
  const expected = ({ claims }: { claims: { tid?: unknown } }) => server.issuer.replace(DIRECTORY, String(claims.tid));
  return { ...server, [_expectedIssuer]: expected };
}

const DIRECTORY = '{tenantid}';

/** The name that people are told a failure by. */
export const hostOf = ({ server }: Pick<Party, 'server'>): string => new URL(server.issuer).host;

export const clientOf = ({ clientId }: Party): oauth.Client => ({ client_id: clientId });

type Credentials = { clientSecret: string | undefined; keys: readonly SigningKey[] };

/**
 * Each way in which this server can prove itself (RFC 6749 §2.3, RFC 7523 §2.2).
 * @throws ProviderFailure where the secret is missing.
 */
const AUTHENTICATIONS: Record<ClientAuthMethod, (given: Credentials, server: ServerMetadata) => oauth.ClientAuth> = {
  none: () => oauth.None(),
  client_secret_basic: (given) => basic(secretOf(given)),
  client_secret_post: (given) => oauth.ClientSecretPost(secretOf(given)),
  private_key_jwt: ({ keys }, server) => {
    const key = keyFor(keys, server);
    return async (...request) => oauth.PrivateKeyJwt({ key: await privateKeyOf(key), kid: key.kid })(...request);
  },
};

export function authenticationOf(
  method: ClientAuthMethod,
  given: Credentials,
  server: ServerMetadata,
): oauth.ClientAuth {
  return AUTHENTICATIONS[method](given, server);
}

/**
 * RFC 6749 §2.3.1: encoded as a form is, before Basic. Only what must be: servers in the wild compare without decoding,
 * and the library's own way encodes the dashes that most ids have.
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
  throw new ProviderFailure('refused', 'the secret with which this server proves itself there is missing');
}

/** The first of our keys whose algorithm the server takes; ours is the default where it does not say. */
function keyFor(keys: readonly SigningKey[], server: ServerMetadata): SigningKey {
  const taken = server.token_endpoint_auth_signing_alg_values_supported;
  const nameOf = (key: SigningKey) => (key.alg === 'EdDSA' ? ['EdDSA', 'Ed25519'] : [key.alg]);
  const key = keys.find((candidate) => !taken || nameOf(candidate).some((alg) => taken.includes(alg))) ?? keys[0];
  if (!key) throw new ProviderFailure('refused', 'this server has no key that is accepted there');
  return key;
}

/** What every call of the library gets: the guarded fetch, which judges addresses itself. */
export function guarded(deps: PartyDeps) {
  return { [oauth.customFetch]: send(deps), [oauth.allowInsecureRequests]: true } as const;
}

/** The same for the token endpoint, whose answer is made what RFC 6749 §5 says where the provider differs. */
export function guardedTokens(deps: PartyDeps, conform: (answer: TokenAnswer) => TokenAnswer) {
  const plain = send(deps);
  return {
    ...guarded(deps),
    [oauth.customFetch]: async (url: string, options: Options) => {
      const response = await plain(url, options);
      const body = await response
        .clone()
        .json()
        .catch(() => undefined);
      if (typeof body !== 'object' || body === null || Array.isArray(body)) return response;
      const answer = conform({ status: response.status, body: body as Record<string, unknown> });
      const headers = new Headers(response.headers);
      headers.delete('content-length');
      return new Response(JSON.stringify(answer.body), { status: answer.status, headers });
    },
  } as const;
}

type Options = { method?: string; headers: Record<string, string>; body?: BodyInit | null };

function send(deps: PartyDeps) {
  return (url: string, { method = 'GET', headers, body }: Options) =>
    sendForeign(deps, url, { method, headers, ...(body ? { body } : {}) }, { ...PROTOCOL, refuse: refuseNonce });
}
