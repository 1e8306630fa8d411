/** The cookie of a flow that is under way: sealed, one for each, gone after ten minutes. */
import type { Context } from 'hono';
import { FLOW } from '../protocol/lifetimes.ts';
import type { Web } from '../web/context.ts';
import { type CookieName, cookieNames, dropCookie, readCookie, writeCookie } from '../web/cookies.ts';
import { Flow } from './begin.ts';

/** Somebody who begins again and again has no use for the first ones, and browsers drop a site's cookies beyond some. */
const MOST_FLOWS = 4;

const nameOf = (state: string): CookieName => `flow-${state.slice(0, 10)}`;

export async function keepFlow(c: Context<Web>, flow: Flow): Promise<void> {
  const others = cookieNames(c, 'flow-');
  for (const name of others.slice(0, Math.max(0, others.length - MOST_FLOWS + 1))) dropCookie(c, name);
  writeCookie(c, nameOf(flow.state), await c.get('deps').config.root.seal('flow', flow), FLOW);
}

/** The flow that this browser began with this state, and has not finished; undefined also for one that took too long. */
export async function takeFlow(c: Context<Web>, purpose: string, state: string): Promise<Flow | undefined> {
  const { config, moment } = c.get('deps');
  const name = nameOf(state);
  const sealed = /^[A-Za-z0-9]{43}$/.test(state) ? readCookie(c, name) : undefined;
  const flow = Flow.safeParse(sealed && (await config.root.unseal('flow', sealed)));
  if (!flow.success || flow.data.purpose !== purpose || flow.data.state !== state) return undefined;
  return flow.data.until > moment.now ? flow.data : undefined;
}

export function dropFlow(c: Context<Web>, { state }: Flow): void {
  dropCookie(c, nameOf(state));
}
