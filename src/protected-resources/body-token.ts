/** The access token in a form body (RFC 6750 §2.2), for /userinfo (OpenID Connect Core §5.3.1). */
import type { MiddlewareHandler } from 'hono';
import { isForm, readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { OAuthError } from '../protocol/oauth-error.ts';

/** RFC 6750 §2.1 */
const B64TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

export const readBodyToken: MiddlewareHandler<Web> = async function takeBodyToken(c, next) {
  // RFC 6750 §2.2: In particular, this means that the "GET" method MUST NOT be used.
  if (c.req.method === 'POST' && isForm(c)) {
    const token = (await readForm(c)).one('access_token');
    // RFC 6750 §2: Clients MUST NOT use more than one method to transmit the token in each request.
    if (token !== undefined && c.req.header('authorization') !== undefined) {
      throw new OAuthError('invalid_request', 'the token was sent twice: in the Authorization header and in the body.');
    }
    if (token !== undefined && !B64TOKEN.test(token))
      throw new OAuthError('invalid_token', 'access_token is malformed.');
    c.set('bodyToken', token);
  }
  await next();
};
