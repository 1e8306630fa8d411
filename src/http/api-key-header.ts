/** The Authorization header of a resource that accepts API keys beside access tokens. */
import { type ApiKeyId, parseApiKey } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';

/** An imported key has the public part and the secret that another server gave it; no key of this server begins so. */
const IMPORTED_KEY = /^(?!k_)([\x21-\x39\x3b-\x7e]{1,140}):([\x21-\x7e]{1,200})$/;

/** An API key as it was sent: one of this server, or an imported one. */
export type PresentedApiKey = { id: ApiKeyId; secret: string } | { legacyKey: string; secret: string };

/** The scheme and the credentials. */
const HEADER = /^(token|basic) +(\S+)$/i;

/**
 * Reads the API key of a header `token <key>:<secret>`, or Basic with key and secret as user and password.
 * @returns undefined for any other scheme.
 * @throws OAuthError invalid_request for a malformed header of these schemes, invalid_token for another credential.
 */
export function readApiKey(authorization: string | undefined): PresentedApiKey | undefined {
  if (authorization === undefined || !/^(token|basic)(?: |$)/i.test(authorization)) return undefined;
  const [, scheme = '', credentials = ''] = HEADER.exec(authorization) ?? [];
  if (credentials === '') {
    throw new OAuthError('invalid_request', 'send an API key as "token", a space and key:secret, or as Basic.');
  }
  const text = scheme.toLowerCase() === 'basic' ? decodeBasic(credentials) : credentials;
  const key = parseApiKey(text) ?? parseImportedKey(text);
  if (!key) throw notApiKey();
  return key;
}

/** The error of any other credential. */
export const notApiKey = () => new OAuthError('invalid_token', 'this is not an API key of this server.');

function parseImportedKey(text: string): PresentedApiKey | undefined {
  const [, legacyKey, secret] = IMPORTED_KEY.exec(text) ?? [];
  return legacyKey !== undefined && secret !== undefined ? { legacyKey, secret } : undefined;
}

/** RFC 7617 §2 */
function decodeBasic(encoded: string): string {
  try {
    return atob(encoded);
  } catch (cause) {
    throw new OAuthError('invalid_request', 'the Basic credentials are not base64.', { cause });
  }
}
