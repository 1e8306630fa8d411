/** The Authorization header of a resource that accepts API keys beside access tokens. */
import { type ApiKeyId, parseApiKey } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';

/** The scheme and the credentials. */
const HEADER = /^(token|basic) +(\S+)$/i;

/**
 * Reads the API key of a header `token <key>:<secret>`, or Basic with key and secret as user and password.
 * @returns undefined for any other scheme.
 * @throws OAuthError invalid_request for a malformed header of these schemes, invalid_token for another credential.
 */
export function readApiKey(authorization: string | undefined): { id: ApiKeyId; secret: string } | undefined {
  if (authorization === undefined || !/^(token|basic)(?: |$)/i.test(authorization)) return undefined;
  const [, scheme = '', credentials = ''] = HEADER.exec(authorization) ?? [];
  if (credentials === '') {
    throw new OAuthError('invalid_request', 'send an API key as "token", a space and key:secret, or as Basic.');
  }
  const key = parseApiKey(scheme.toLowerCase() === 'basic' ? decodeBasic(credentials) : credentials);
  if (!key) throw new OAuthError('invalid_token', 'this is not an API key of this server.');
  return key;
}

/** RFC 7617 §2 */
function decodeBasic(encoded: string): string {
  try {
    return atob(encoded);
  } catch (cause) {
    throw new OAuthError('invalid_request', 'the Basic credentials are not base64.', { cause });
  }
}
