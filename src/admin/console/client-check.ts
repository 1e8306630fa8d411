/**
 * GET /console/clients/check: problems of redirect URIs while they are typed. Submitting the form reports the same ones.
 */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { linesIn } from '../../protocol/lines.ts';
import { redirectUriProblem } from '../../protocol/redirect-uri.ts';
import { textsOf } from '../../ui/locale.ts';
import { CLIENT } from '../records/client-record.ts';
import { aboutLine, type ProblemTexts } from './forms/problems.ts';

export const CHECK = `${CLIENT.console.path}/check`;
export const CHECKS_AS_TYPED = '/as-typed.js';

const CHECKED = ['redirect_uris', 'post_logout_redirect_uris'] as const;

/** Attributes of a form whose redirect URIs are checked while they are typed. */
export const CHECKED_AS_TYPED = { 'data-check': CHECK, 'data-checked': CHECKED.join(' ') };

export function checkAddresses(c: Context<Web>) {
  const { form: say } = textsOf(c, 'console');
  const problems = CHECKED.map((name) => {
    return [name, problemsIn(c.req.query(name) ?? '', say)] as const;
  });
  c.header('Cache-Control', 'no-store');
  return c.json({ problems: Object.fromEntries(problems) });
}

/** @returns the problems of the redirect URIs in a text with one on each line. */
function problemsIn(text: string, say: ProblemTexts): string | undefined {
  const problems = linesIn(text).flatMap((line) => {
    const problem = redirectUriProblem(line.text);
    return problem === undefined ? [] : [aboutLine(line, problem, say)];
  });
  return problems.length > 0 ? problems.join('\n') : undefined;
}
