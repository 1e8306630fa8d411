/** The sealed cookie of a pending flow: one for each, expired after ten minutes. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { type CookieName, cookieNames, deleteCookieByName, readCookie, writeCookie } from '../http/cookies.ts';
import { FLOW_LIFETIME } from '../protocol/lifetimes.ts';
import { Flow } from './flow.ts';

/** Flows at once: browsers limit the cookies of a site. */
const MAX_FLOWS = 4;

/** RFC 6265 §6.1: at least 4096 bytes per cookie, its name and attributes included. */
const MAX_COOKIE = 3800;

const nameOf = (state: string): CookieName => `flow-${state.slice(0, 10)}`;

/** Writes the cookie of a flow and drops the oldest beyond the limit. */
export async function writeFlow(c: Context<Web>, flow: Flow): Promise<void> {
  const others = cookieNames(c, 'flow-');
  for (const name of others.slice(0, Math.max(0, others.length - MAX_FLOWS + 1))) deleteCookieByName(c, name);
  writeCookie(c, nameOf(flow.state), await c.get('deps').config.root.seal('flow', flow), FLOW_LIFETIME);
}

/** The flow that this browser began with this state; undefined also for an expired one. */
export async function readFlow(c: Context<Web>, purpose: string, state: string): Promise<Flow | undefined> {
  if (!/^[A-Za-z0-9]{43}$/.test(state)) return undefined;
  const flow = await flowIn(c, nameOf(state), purpose);
  return flow?.state === state ? flow : undefined;
}

/** The only pending flow of this purpose in this browser; undefined where there are none, or several. */
export async function onlyPendingFlow(c: Context<Web>, purpose: string): Promise<Flow | undefined> {
  const flows = await Promise.all(cookieNames(c, 'flow-').map((name) => flowIn(c, name, purpose)));
  const pending = flows.filter((flow) => flow !== undefined && !flow.isCompleted);
  return pending.length === 1 ? pending[0] : undefined;
}

async function flowIn(c: Context<Web>, name: CookieName, purpose: string): Promise<Flow | undefined> {
  const { config, moment } = c.get('deps');
  const sealed = readCookie(c, name);
  const flow = Flow.safeParse(sealed && (await config.root.unseal('flow', sealed)));
  if (!flow.success || flow.data.purpose !== purpose) return undefined;
  return flow.data.expiresAt > moment.now ? flow.data : undefined;
}

/** Marks a flow as completed. It stays until it expires: browsers, service workers and double clicks send an answer twice. */
export async function completeFlow(c: Context<Web>, flow: Flow, returnTo = flow.returnTo): Promise<void> {
  const { config, moment } = c.get('deps');
  // The values for the code exchange are no longer needed.
  const { proofKey: _, ...rest } = flow;
  const sealed = await config.root.seal('flow', { ...rest, verifier: '', nonce: '', returnTo, isCompleted: true });
  if (sealed.length > MAX_COOKIE) dropFlow(c, flow);
  else writeCookie(c, nameOf(flow.state), sealed, flow.expiresAt - moment.now);
}

export function dropFlow(c: Context<Web>, { state }: Flow): void {
  deleteCookieByName(c, nameOf(state));
}
