/** Reads the form of an account page, with session, reauthentication and CSRF token checked. */
import type { Context } from 'hono';
import { readForm } from '../../http/body.ts';
import type { Web } from '../../http/context.ts';
import { checkFormToken } from '../../http/csrf.ts';
import type { Parameters } from '../../http/parameters.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { type AccountAction, requireSession } from '../require-session.ts';

/**
 * @param to the page to return to after sign-in.
 * @param repeatable fields that may be repeated.
 * @throws OAuthError access_denied for a form of another session.
 */
export async function readAccountForm(
  c: Context<Web>,
  to: string,
  act: AccountAction,
  repeatable: readonly string[] = [],
): Promise<{ signedIn: SignedIn; form: Parameters } | Response> {
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates(repeatable);
  const signedIn = await requireSession(c, to, act);
  if (signedIn instanceof Response) return signedIn;
  checkFormToken(c.get('deps'), signedIn.session.id, form);
  return { signedIn, form };
}
