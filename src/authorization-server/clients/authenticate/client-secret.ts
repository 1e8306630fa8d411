/** `client_secret_basic` and `client_secret_post` (RFC 6749 §2.3.1). */
import { constantTimeEqual, sha256 } from '../../../crypto/digest.ts';
import { CLIENT_SECRET_BASIC, CLIENT_SECRET_POST } from '../../../protocol/authentication-method.ts';
import { invalidClient, OAuthError } from '../../../protocol/oauth-error.ts';
import type { SingleUse } from '../../../storage/grants/single-use.ts';
import type { Client } from '../client.ts';
import { type AuthenticateDeps, type AuthMethod, type ClientCredentials, requiredParameter } from './method.ts';

/** Parses Basic credentials: client id and secret are form-encoded, joined by a colon, and base64-encoded. */
function parseBasicCredentials({ authorization }: ClientCredentials): { id: string; secret: string } {
  const malformed = () => invalidClient('the Authorization header is not well-formed Basic.');
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization ?? '')?.[1];
  if (!encoded) throw malformed();
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const at = text.indexOf(':');
    if (at < 1) throw malformed();
    const decode = (part: string) => decodeURIComponent(part.replaceAll('+', ' '));
    return { id: decode(text.slice(0, at)), secret: decode(text.slice(at + 1)) };
  } catch (cause) {
    throw cause instanceof OAuthError ? cause : malformed();
  }
}

/** The client id of Basic credentials without a secret, which some libraries send for public clients. */
export function basicClientIdWithoutSecret(credentials: ClientCredentials): string | undefined {
  if (credentials.authorization === undefined) return undefined;
  const { id, secret } = parseBasicCredentials(credentials);
  return secret === '' ? id : undefined;
}

/** Compares with the current secret and the rotated ones that are still valid. */
function checkSecret(deps: AuthenticateDeps, client: Client, secret: string): SingleUse[] {
  const presented = sha256(secret);
  const previous = client.previousSecrets.filter(({ until }) => until > deps.moment.now).map(({ hash }) => hash);
  const accepted = client.secretHash === null ? previous : [client.secretHash, ...previous];
  if (!accepted.some((hash) => constantTimeEqual(presented, hash))) {
    throw invalidClient('the client secret is wrong.');
  }
  return [];
}

export const clientSecretBasic: AuthMethod = {
  method: CLIENT_SECRET_BASIC,
  isPresented: ({ authorization }) => authorization !== undefined,
  clientId: (credentials) => parseBasicCredentials(credentials).id,
  check: (deps, client, credentials) => checkSecret(deps, client, parseBasicCredentials(credentials).secret),
};

export const clientSecretPost: AuthMethod = {
  method: CLIENT_SECRET_POST,
  isPresented: ({ form }) => form.one('client_secret') !== undefined,
  clientId: (credentials) => requiredParameter(credentials, 'client_id'),
  check: (deps, client, credentials) => checkSecret(deps, client, requiredParameter(credentials, 'client_secret')),
};
