/** The Authorization header of a resource that takes API keys beside access tokens. */
import { type ApiKeyId, parseApiKey } from '../protocol/credentials.ts';
import { OAuthError } from '../protocol/oauth-error.ts';

/** Two parts: the scheme, and what it says. */
const HEADER = /^(token|basic) +(\S+)$/i;

/**
 * The API key of a header `token <key>:<secret>` or Basic with the same two as user and password; undefined for any
 * other scheme.
 * @throws OAuthError invalid_request for one of these schemes that is malformed, invalid_token for what is no key.
 */
export function readApiKey(authorization: string | undefined): { id: ApiKeyId; secret: string } | undefined {
  if (authorization === undefined || !/^(token|basic)(?: |$)/i.test(authorization)) return undefined;
  const [, scheme = '', said = ''] = HEADER.exec(authorization) ?? [];
  if (said === '') {
    throw new OAuthError('invalid_request', 'an API key comes as "token", a space, and key:secret, or as Basic.');
  }
  const key = parseApiKey(scheme.toLowerCase() === 'basic' ? decodeBasic(said) : said);
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
