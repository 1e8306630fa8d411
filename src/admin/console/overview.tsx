/** GET /console: how this server is doing, and what needs attention. */
import type { Context } from 'hono';
import type { Web } from '../../web/context.ts';
import { wordsOf } from '../../web/words.ts';
import { consolePage, type Operator } from './frame.tsx';

export function showOverview(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleOverview');
  return consolePage(c, here, { title: say.title, section: 'overview' }, <h1>{say.title}</h1>);
}
