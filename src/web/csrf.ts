/** The token in a form: only this server can make it, and only for the browser or session it is bound to. */
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Deps } from './context.ts';
import type { Parameters } from './parameters.ts';

/** @param boundTo a session's id, or the value of a cookie that this browser carries. */
export function formToken(deps: Pick<Deps, 'config'>, boundTo: string): string {
  return deps.config.root.mac('form', boundTo);
}

/** Whether the form carries the token that was made for it. */
export function formTokenMatches(deps: Pick<Deps, 'config'>, boundTo: string, form: Parameters): boolean {
  return deps.config.root.macMatches('form', boundTo, form.one('form_token') ?? '');
}

/** @throws OAuthError access_denied when the form was not made for this session. */
export function checkFormToken(deps: Pick<Deps, 'config'>, boundTo: string, form: Parameters): void {
  if (formTokenMatches(deps, boundTo, form)) return;
  const description =
    'this form was made for another session: you may have signed in again since. Please reload the page.';
  throw new OAuthError('access_denied', description);
}
