/** GET /api/me: whom a credential speaks for, and what it may do. A first protected resource to try a token with. */
import type { Context } from 'hono';
import * as z from 'zod';
import { personClaims } from '../../protocol/person-claims.ts';
import type { Web } from '../../web/context.ts';

export const Me = z.strictObject({
  sub: z.string().describe('The id of the person.'),
  name: z.string().optional(),
  given_name: z.string().optional(),
  family_name: z.string().optional(),
  picture: z.string().optional(),
  email: z.string().optional().describe('With the scope email.'),
  email_verified: z.boolean().optional(),
  roles: z.array(z.string()).optional().describe('With the scope roles.'),
  token: z
    .strictObject({
      client_id: z.string().optional().describe('The client that it was issued to.'),
      api_key: z.string().optional().describe('The id of the API key, where it is one.'),
      scope: z.string(),
      exp: z.number().describe('When it expires, in seconds.'),
    })
    .describe('The credential itself.'),
});

export function me(c: Context<Web>) {
  const principal = c.get('principal');
  const { person, scopes, expiresAt } = principal;
  const itself = principal.by === 'api-key' ? { api_key: principal.keyId } : { client_id: principal.clientId };
  const token = { ...itself, scope: scopes.join(' '), exp: expiresAt };
  return c.json({ ...personClaims(person, scopes), token });
}
