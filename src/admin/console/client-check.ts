/**
 * GET /console/clients/check: what is wrong with addresses, while they are typed. The form says the same when it is sent.
 */
import type { Context } from 'hono';
import type { Web } from '../../web/context.ts';
import { wordsOf } from '../../web/words.ts';
import { addressProblems } from './client-form.ts';
import { CLIENTS } from './client-parts.tsx';

export const CHECK = `${CLIENTS}/check`;
export const CHECKS_AS_TYPED = '/as-typed.js';

const CHECKED = ['redirect_uris', 'post_logout_redirect_uris'] as const;

/** What a form carries whose addresses are checked as they are typed. */
export const checkedAsTyped = (applicationType: string | undefined) => ({
  'data-check': applicationType ? `${CHECK}?application_type=${applicationType}` : CHECK,
  'data-checked': CHECKED.join(' '),
});

export function checkAddresses(c: Context<Web>) {
  const say = wordsOf(c, 'consoleClients').problems;
  const applicationType = c.req.query('application_type');
  const problems = CHECKED.map((name) => {
    const text = c.req.query(name)?.trim();
    return [name, text ? addressProblems(text, applicationType, say) : undefined] as const;
  });
  c.header('Cache-Control', 'no-store');
  return c.json({ problems: Object.fromEntries(problems) });
}
