/** GET /api/me: the user and the scopes of the credential. A protected resource for trying a token. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { Web } from '../../http/context.ts';
import { userClaims } from '../../protocol/user-claims.ts';

export const MeSchema = z.strictObject({
  sub: z.string().describe('The id of the user.'),
  name: z.string().optional(),
  given_name: z.string().optional(),
  family_name: z.string().optional(),
  picture: z.string().optional(),
  locale: z.string().optional().describe('The language that the user chose.'),
  updated_at: z.number().optional().describe('Time of the last change of the profile claims, in seconds.'),
  email: z.string().optional().describe('With the scope email.'),
  email_verified: z.boolean().optional(),
  preferred_username: z.string().optional().describe('The e-mail address, if verified.'),
  roles: z.array(z.string()).optional().describe('With the scope roles.'),
  token: z
    .strictObject({
      client_id: z.string().optional().describe('The client that the token was issued to.'),
      api_key: z.string().optional().describe('The id of the API key, if the credential is one.'),
      scope: z.string(),
      exp: z.number().describe('Time of expiry, in seconds.'),
    })
    .describe('The credential of the request.'),
});

export function sendMe(c: Context<Web>) {
  const principal = c.get('principal');
  const { user, scopes, expiresAt } = principal;
  const credential = principal.by === 'api-key' ? { api_key: principal.keyId } : { client_id: principal.clientId };
  const token = { ...credential, scope: scopes.join(' '), exp: expiresAt };
  return c.json({ ...userClaims(user, scopes), token });
}
