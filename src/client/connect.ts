/** POST /account/connections/:app begins the flow of a connected app; its callback ends it. */
import type { Context } from 'hono';
import { signInAddress } from '../identity/place.ts';
import { currentSession } from '../identity/session.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { parseScope } from '../protocol/scope.ts';
import type { ConnectedApp } from '../storage/connected-apps.ts';
import { findConnection, putConnection } from '../storage/connections.ts';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { checkFormToken } from '../web/csrf.ts';
import { parseParameters } from '../web/parameters.ts';
import { wordsOf } from '../web/words.ts';
import { begin } from './begin.ts';
import { mayConnect, partyOf, scopesOf } from './connected-apps.ts';
import { enabledApp } from './connections.ts';
import { CONNECTIONS, troublePage } from './connections-page.tsx';
import { finish } from './finish.ts';
import { dropFlow, keepFlow, takeFlow } from './flow-cookie.ts';
import { noticeTrouble } from './moved.ts';
import { ProviderFailure } from './provider-failure.ts';
import { returnAddress } from './return-address.ts';
import type { Redeemed } from './token-request.ts';

export async function connect(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  const app = await enabledApp(deps, c.req.param('app') ?? '');
  const signedIn = await currentSession(c);
  if (!signedIn) return c.redirect(await signInAddress(deps, { to: `${CONNECTIONS}/${app.id}`, ask: 'any' }), 303);
  checkFormToken(deps, signedIn.session.id, form);
  const { person } = signedIn;
  if (!mayConnect(app, person)) throw new OAuthError('access_denied', 'this account may not connect this application.');
  const goOn = returnAddress(
    form.one('return_to') ?? `${CONNECTIONS}?connected=${app.id}`,
    deps.config.issuer,
    app.description.return_to,
  );
  try {
    const party = await partyOf(deps, app);
    const known = await findConnection(deps.databases, { appId: app.id, personId: person.id });
    // MCP: when stepping up, ask for the union of what was granted and what is needed.
    const before = known?.issuer === app.issuer ? known.scopes : [];
    const asked = [...scopesOf(app, party.server), ...before, ...parseScope(form.one('scope') ?? '')];
    const scopes = [...new Set(asked)];
    const { url, flow } = await begin(deps, party, { purpose: purposeOf(app), scopes, person: person.id, goOn });
    await keepFlow(c, flow);
    return c.redirect(url, 303);
  } catch (error) {
    return troubleOf(c, app, person.name, error);
  }
}

const purposeOf = (app: ConnectedApp) => `connect ${app.id}`;

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
  const { person } = signedIn;
  const flow = await takeFlow(c, purposeOf(app), answer.one('state') ?? '');
  if (!flow) return troublePage(c, { app, signedInAs: person.name, problem: wordsOf(c, 'connections').notBegun });
  if (flow.person !== person.id) {
    return troublePage(c, { app, signedInAs: person.name, problem: wordsOf(c, 'connections').somebodyElse });
  }
  dropFlow(c, flow);
  try {
    const party = await partyOf(deps, app);
    const redeemed = await finish(deps, party, flow, new URLSearchParams(answer.toString()));
    const owner = { appId: app.id, personId: person.id, issuer: app.issuer, account: accountOf(redeemed) };
    await putConnection(deps.databases, deps.config.root, deps.moment, owner, redeemed);
    return c.redirect(flow.goOn, 303);
  } catch (error) {
    return troubleOf(c, app, person.name, error);
  }
}

/** An answer by POST comes from another site, without our cookies: it comes again by GET (`response_mode=form_post`). */
export async function callbackByPost(c: Context<Web>) {
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  return c.redirect(`${new URL(c.req.url).pathname}?${form}`, 303);
}

/** What a person recognises their account there by. */
function accountOf({ claims }: Redeemed): string | null {
  for (const name of ['email', 'preferred_username', 'name', 'sub']) {
    const value = claims?.[name];
    if (typeof value === 'string' && value !== '') return value.slice(0, 200);
  }
  return null;
}

function troubleOf(c: Context<Web>, app: ConnectedApp, signedInAs: string, error: unknown) {
  if (!(error instanceof ProviderFailure)) throw error;
  Object.assign(c.get('facts'), { error: error.kind, why: error.message });
  if (error.kind !== 'refused' || error.code === 'invalid_client') noticeTrouble(c.get('deps'), app);
  return troublePage(c, { app, signedInAs, problem: error.message });
}
