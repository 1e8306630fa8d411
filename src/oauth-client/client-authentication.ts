/** Client authentication of this server at a provider (RFC 6749 §2.3, RFC 7523 §2.2). */
import * as oauth from 'oauth4webapi';
import { importPrivateKey, type SigningKey } from '../crypto/jwt.ts';
import {
  CLIENT_SECRET_BASIC,
  CLIENT_SECRET_POST,
  type ClientAuthMethod,
  NO_AUTHENTICATION,
  PRIVATE_KEY_JWT,
} from '../protocol/authentication-method.ts';
import type { ServerMetadata } from '../protocol/server-metadata.ts';
import { ProviderFailure } from './provider-failure.ts';

/** A client authentication method that a code exchange tries once, and its storage in the record. */
export type AlternativeMethod = { authenticate: oauth.ClientAuth; save: () => Promise<void> };

/** The client authentication of a request. */
export type ProviderAuthentication = {
  authenticate: oauth.ClientAuth;
  /** The other method with a secret, where no administrator chose one and the metadata allows it. */
  alternative?: AlternativeMethod | undefined;
};

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
): ProviderAuthentication {
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
