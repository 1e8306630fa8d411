/** GET /api/me: whom a token speaks for, and what it may do. A first protected resource to try a token with. */
import type { Context } from 'hono';
import { personClaims } from '../protocol/person-claims.ts';
import type { Web } from '../web/context.ts';

export function me(c: Context<Web>) {
  const { person, scopes, clientId, expiresAt } = c.get('principal');
  const token = { client_id: clientId, scope: scopes.join(' '), exp: expiresAt };
  return c.json({ ...personClaims(person, scopes), token }, 200, { 'Cache-Control': 'no-store' });
}
