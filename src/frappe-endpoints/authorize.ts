/**
 * `authorize` and `approve`: the request goes on at the authorization endpoint. A site issues a code at `approve`; here
 * only the consent page of this server does, so both are the beginning of the same request.
 */
import type { Context } from 'hono';
import { withSealedHint } from '../authorization-server/id-token-hint.ts';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { ENDPOINTS } from '../protocol/endpoints.ts';
import { OPENID_SCOPE } from '../protocol/scope-names.ts';
import { PROFILE_CLAIMS } from './profile-claims.ts';

/** Redirects to the authorization endpoint with the parameters of the query and of the form. */
export async function redirectToAuthorization(c: Context<Web>) {
  const query = new URL(c.req.url).search.slice(1);
  const form = c.req.method === 'POST' ? await readForm(c, 'unsupported_media_type') : undefined;
  const sent = form && (await withSealedHint(c.get('deps'), form)).toString();
  const parameters = withClaims([query, sent].filter(Boolean).join('&'));
  return c.redirect(`${ENDPOINTS.authorization_endpoint}?${parameters}`, 303);
}

/** `openid` includes the profile at a site: here its claims are requested by name, so that the scope stays the same. */
function withClaims(query: string): string {
  const parameters = new URLSearchParams(query);
  const scopes = parameters.getAll('scope').flatMap((scope) => scope.split(' '));
  const isOpenid = scopes.length === 0 || scopes.includes(OPENID_SCOPE);
  if (!isOpenid || parameters.has('claims')) return query;
  const names = Object.fromEntries(PROFILE_CLAIMS.map((name) => [name, null]));
  const claims = JSON.stringify({ userinfo: names, id_token: names });
  return `${query}&${new URLSearchParams({ claims })}`;
}
