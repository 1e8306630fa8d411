/** CSRF tokens of forms: a MAC under the root secret, bound to a session or browser. */
import { randomText } from '../crypto/random.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Deps } from './context.ts';
import type { Parameters } from './parameters.ts';

/**
 * Creates a CSRF token. Each has a new salt, so that the size of a compressed page discloses nothing of it (BREACH).
 * @param boundTo the id of the session, or the value of a cookie of this browser.
 */
export function formToken(deps: Pick<Deps, 'config'>, boundTo: string): string {
  const salt = randomText(8);
  return `${salt}.${deps.config.root.mac('form', `${salt} ${boundTo}`)}`;
}

/** True for a form with a valid token of this session or browser. */
export function formTokenMatches(deps: Pick<Deps, 'config'>, boundTo: string, form: Parameters): boolean {
  const [salt, mac = ''] = (form.one('form_token') ?? '').split('.');
  return deps.config.root.macMatches('form', `${salt} ${boundTo}`, mac);
}

/** @throws OAuthError access_denied for a form without a valid token of this session. */
export function checkFormToken(deps: Pick<Deps, 'config'>, boundTo: string, form: Parameters): void {
  if (formTokenMatches(deps, boundTo, form)) return;
  const description =
    'this form was made for another session: you may have signed in again since. Please reload the page.';
  throw new OAuthError('access_denied', description);
}
