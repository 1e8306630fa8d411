/** `frappe.auth.get_logged_user`: the e-mail address of the user of the credential, which is a user's name at a site. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { EMAIL_SCOPE } from '../protocol/scope-names.ts';

/** The scope that includes everything at a site. It exists here where the setting `scopes_supported` has it. */
const ALL_SCOPE = 'all';

/** @throws OAuthError insufficient_scope for a credential that includes neither the address nor everything. */
export function loggedUser(c: Context<Web>) {
  const principal = c.get('principal');
  const isIncluded =
    principal.scopes.includes(EMAIL_SCOPE) ||
    principal.scopes.includes(ALL_SCOPE) ||
    (principal.by === 'token' && principal.claims.includes('email'));
  if (!isIncluded) {
    const scope = [...principal.scopes, EMAIL_SCOPE].join(' ');
    throw new OAuthError('insufficient_scope', 'this needs the scope email or all.', { scope });
  }
  return c.json({ message: principal.user.email });
}
