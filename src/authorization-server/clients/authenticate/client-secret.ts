/** `client_secret_basic` and `client_secret_post` (RFC 6749 §2.3.1). */
import { equalInConstantTime, sha256 } from '../../../crypto/digest.ts';
import { OAuthError } from '../../../protocol/oauth-error.ts';
import type { Spend } from '../../../storage/spent.ts';
import type { Client } from '../client.ts';
import type { AuthenticateDeps, AuthMethod, Credentials } from './method.ts';

/** Basic: client id and secret are form-encoded, then joined by a colon and base64-encoded. */
function readBasic({ authorization }: Credentials): { id: string; secret: string } {
  const malformed = () => new OAuthError('invalid_client', 'the Authorization header is not well-formed Basic.');
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

/** The secret, or the one before it for as long as that is good. */
function checkSecret(deps: AuthenticateDeps, client: Client, secret: string): Spend[] {
  const given = sha256(secret);
  const previous = (client.previousSecretUntil ?? 0) > deps.moment.now ? client.previousSecretHash : null;
  const accepted = [client.secretHash, previous].filter((hash) => hash !== null);
  if (!accepted.some((hash) => equalInConstantTime(given, hash))) {
    throw new OAuthError('invalid_client', 'the client secret is not right.');
  }
  return [];
}

export const clientSecretBasic: AuthMethod = {
  method: 'client_secret_basic',
  isPresented: ({ authorization }) => authorization !== undefined,
  clientId: (credentials) => readBasic(credentials).id,
  check: (deps, client, credentials) => checkSecret(deps, client, readBasic(credentials).secret),
};

export const clientSecretPost: AuthMethod = {
  method: 'client_secret_post',
  isPresented: ({ form }) => form.one('client_secret') !== undefined,
  clientId: ({ form }) => form.required('client_id'),
  check: (deps, client, { form }) => checkSecret(deps, client, form.required('client_secret')),
};
