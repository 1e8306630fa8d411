/** GET and POST /userinfo: the claims that the token's scopes open (OpenID Connect Core §5.3). */
import type { Context } from 'hono';
import { personClaims } from '../protocol/person-claims.ts';
import type { Web } from '../web/context.ts';

export function userinfo(c: Context<Web>) {
  const { person, scopes } = c.get('principal');
  return c.json(personClaims(person, scopes), 200, { 'Cache-Control': 'no-store' });
}
