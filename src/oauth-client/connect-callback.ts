/** GET and POST /connected-apps/:app/callback: the answer of the provider of a connected app. */
import type { Context } from 'hono';
import { currentSession } from '../accounts/current-session.ts';
import { signInAddress } from '../accounts/sign-in-continuation.ts';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { parseParameters } from '../http/parameters.ts';
import type { UserId } from '../protocol/credentials.ts';
import { FLOW_LIFETIME, SECOND } from '../protocol/lifetimes.ts';
import type { ConnectedApp } from '../storage/providers/connected-apps.ts';
import { findConnection, putConnection } from '../storage/providers/connections.ts';
import { textsOf } from '../ui/locale.ts';
import {
  AnswerAlreadyUsed,
  isRefusalWithoutState,
  processAuthorizationResponse,
  refusalWithoutState,
} from './authorization-response.ts';
import type { CodeExchangeResult } from './code-exchange.ts';
import { failurePage, purposeOfConnection } from './connect.ts';
import { type AppDeps, providerClientOfApp } from './connected-apps.ts';
import { connectionProblemPage } from './connection-page.tsx';
import { enabledApp } from './connections.ts';
import type { Flow } from './flow.ts';
import { completeFlow, dropFlow, onlyPendingFlow, readFlow } from './flow-cookie.ts';

/** GET /connected-apps/:app/callback */
export async function callback(c: Context<Web>) {
  const deps = c.get('deps');
  const { pathname, search } = new URL(c.req.url);
  const answer = parseParameters(search.slice(1));
  // RFC 6749 §3.1: Request and response parameters MUST NOT be included more than once.
  answer.refuseDuplicates();
  const app = await enabledApp(deps, c.req.param('app') ?? '');
  const signedIn = await currentSession(c);
  if (!signedIn) return c.redirect(await signInAddress(deps, { to: pathname + search, ask: 'any' }), 303);
  const { user } = signedIn;
  const flow = await readFlow(c, purposeOfConnection(app), answer.one('state') ?? '');
  const query = new URLSearchParams(answer.toString());
  if (!flow) return answerWithoutFlow(c, app, user.name, query);
  if (flow.user !== user.id) {
    const problem = textsOf(c, 'connections').somebodyElse;
    const otherAccount = await signInAddress(deps, { to: pathname + search, ask: 'choice' });
    return connectionProblemPage(c, { app, signedInAs: user.name, problem, otherAccount });
  }
  if (flow.isCompleted) return c.redirect(flow.returnTo, 303);
  try {
    const client = await providerClientOfApp(deps, app);
    const redeemed = await processAuthorizationResponse(deps, client, flow, query);
    const owner = { appId: app.id, userId: user.id, issuer: app.issuer, account: accountOf(redeemed) };
    await putConnection(deps.databases, deps.config.root, deps.moment, owner, redeemed);
    await completeFlow(c, flow);
    return c.redirect(flow.returnTo, 303);
  } catch (error) {
    // The same answer again: the cookie belongs to the concurrent request.
    if (!(error instanceof AnswerAlreadyUsed)) dropFlow(c, flow);
    else if (await waitForConnection(deps, app, user.id, flow)) return c.redirect(flow.returnTo, 303);
    return failurePage(c, app, user.name, error);
  }
}

/** Pauses between reads of a connection that another request is making: together longer than most code exchanges. */
const PAUSES = [0, 0.3, 0.7, 1, 2].map((seconds) => seconds * SECOND);

async function waitForConnection(deps: AppDeps, app: ConnectedApp, userId: UserId, { expiresAt: until }: Flow) {
  for (const pause of PAUSES) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const row = await findConnection(deps.databases, { appId: app.id, userId });
    const isSince = row && row.issuer === app.issuer && row.refreshedAt >= until - FLOW_LIFETIME;
    if (isSince && row.state === 'connected') return true;
  }
  return false;
}

/** The answer whose `state` no flow of this browser has: a refusal may still belong to the only pending flow. */
async function answerWithoutFlow(c: Context<Web>, app: ConnectedApp, signedInAs: string, answer: URLSearchParams) {
  const waiting = isRefusalWithoutState(answer) ? await onlyPendingFlow(c, purposeOfConnection(app)) : undefined;
  const problem = textsOf(c, 'connections').notBegun;
  if (!waiting) return connectionProblemPage(c, { app, signedInAs, problem });
  try {
    const refusal = refusalWithoutState(await providerClientOfApp(c.get('deps'), app), waiting, answer);
    return refusal
      ? await failurePage(c, app, signedInAs, refusal)
      : await connectionProblemPage(c, { app, signedInAs, problem });
  } catch (error) {
    return failurePage(c, app, signedInAs, error);
  }
}

/** Repeats an answer by POST (`response_mode=form_post`) as GET: a cross-site POST has no cookies. */
export async function callbackByPost(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  return c.redirect(`${new URL(c.req.url).pathname}?${form}`, 303);
}

/** The name of the user's account at the provider. */
function accountOf({ claims }: CodeExchangeResult): string | null {
  for (const name of ['email', 'preferred_username', 'name', 'sub']) {
    const value = claims?.[name];
    if (typeof value === 'string' && value !== '') return value.slice(0, 200);
  }
  return null;
}
