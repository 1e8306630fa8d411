/**
 * GET /console/clients/check: problems of redirect URIs while they are typed. Submitting the form reports the same ones.
 */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { checkRedirectUri } from '../../protocol/redirect-uri.ts';
import { CLIENT } from '../records/client-record.ts';

export const CHECK = `${CLIENT.console.path}/check`;
export const CHECKS_AS_TYPED = '/as-typed.js';

const CHECKED = ['redirect_uris', 'post_logout_redirect_uris'] as const;

/** Attributes of a form whose redirect URIs are checked while they are typed. */
export const CHECKED_AS_TYPED = { 'data-check': CHECK, 'data-checked': CHECKED.join(' ') };

export function checkAddresses(c: Context<Web>) {
  const problems = CHECKED.map((name) => {
    const text = c.req.query(name)?.trim();
    return [name, text ? problemsOf(text) : undefined] as const;
  });
  c.header('Cache-Control', 'no-store');
  return c.json({ problems: Object.fromEntries(problems) });
}

/** @returns the problems of the redirect URIs in a text with one on each line. */
function problemsOf(text: string): string | undefined {
  const problems = text.split(/\s+/).flatMap((uri) => {
    try {
      checkRedirectUri(uri);
      return [];
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return [error.description];
    }
  });
  return problems.length > 0 ? problems.join(' ') : undefined;
}
