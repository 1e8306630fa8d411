/** The token in a form: only this server can make it, and only for the browser or session it is bound to. */
import { randomText } from '../crypto/random.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Deps } from './context.ts';
import type { Parameters } from './parameters.ts';

/**
 * Each call makes another one, so that no two forms of a page, and no two pages, have the same: what stands beside it
 * in a compressed page tells nothing about it.
 * @param boundTo a session's id, or the value of a cookie that this browser carries.
 */
export function formToken(deps: Pick<Deps, 'config'>, boundTo: string): string {
  const salt = randomText(8);
  return `${salt}.${deps.config.root.mac('form', `${salt} ${boundTo}`)}`;
}

/** Whether the form carries the token that was made for it. */
export function formTokenMatches(deps: Pick<Deps, 'config'>, boundTo: string, form: Parameters): boolean {
  const [salt, mac = ''] = (form.one('form_token') ?? '').split('.');
  return deps.config.root.macMatches('form', `${salt} ${boundTo}`, mac);
}

/** @throws OAuthError access_denied when the form was not made for this session. */
export function checkFormToken(deps: Pick<Deps, 'config'>, boundTo: string, form: Parameters): void {
  if (formTokenMatches(deps, boundTo, form)) return;
  const description =
    'this form was made for another session: you may have signed in again since. Please reload the page.';
  throw new OAuthError('access_denied', description);
}
