/** A token in the body of a form (RFC 6750 §2.2), for the one endpoint that must take it (OpenID Connect Core §5.3.1). */
import type { MiddlewareHandler } from 'hono';
import { OAuthError } from '../protocol/oauth-error.ts';
import { isForm, readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';

/** RFC 6750 §2.1 */
const B64TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

export const takeBodyToken: MiddlewareHandler<Web> = async function takeBodyToken(c, next) {
  // RFC 6750 §2.2: In particular, this means that the "GET" method MUST NOT be used.
  if (c.req.method === 'POST' && isForm(c)) {
    const token = (await readForm(c)).one('access_token');
    // RFC 6750 §2: Clients MUST NOT use more than one method to transmit the token in each request.
    if (token !== undefined && c.req.header('authorization') !== undefined) {
      throw new OAuthError('invalid_request', 'the token came twice: in the Authorization header and in the body.');
    }
    if (token !== undefined && !B64TOKEN.test(token)) throw new OAuthError('invalid_token', 'that is no token.');
    c.set('bodyToken', token);
  }
  await next();
};
