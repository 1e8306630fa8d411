/** A form of a page about oneself, as it is sent: read, from this session, of somebody who may do that now. */
import type { Context } from 'hono';
import type { SignedIn } from '../../storage/sessions.ts';
import { readForm } from '../../web/body.ts';
import type { Web } from '../../web/context.ts';
import { checkFormToken } from '../../web/csrf.ts';
import type { Parameters } from '../../web/parameters.ts';
import { type Act, visitor } from '../visitor.ts';

/**
 * @param to the page to come back to where the person must sign in first.
 * @param repeatable fields that may come more than once.
 * @throws OAuthError access_denied for a form of another session.
 */
export async function sentForm(
  c: Context<Web>,
  to: string,
  act: Act,
  repeatable: readonly string[] = [],
): Promise<{ here: SignedIn; form: Parameters } | Response> {
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates(repeatable);
  const here = await visitor(c, to, act);
  if (here instanceof Response) return here;
  checkFormToken(c.get('deps'), here.session.id, form);
  return { here, form };
}
