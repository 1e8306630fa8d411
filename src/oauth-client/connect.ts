/** POST /account/connections/:app: sends the user to the provider of a connected app. */
import type { Context } from 'hono';
import { currentSession } from '../accounts/current-session.ts';
import { signInAddress } from '../accounts/sign-in-continuation.ts';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { checkFormToken } from '../http/csrf.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { parseScope } from '../protocol/scope.ts';
import type { ConnectedApp } from '../storage/providers/connected-apps.ts';
import { findConnection } from '../storage/providers/connections.ts';
import { messageIn } from '../ui/locale.ts';
import { createAuthorizationRequest } from './authorization-request.ts';
import { mayConnect, providerClientOfApp, scopesOfApp } from './connected-apps.ts';
import { connectionProblemPage } from './connection-page.tsx';
import { enabledApp } from './connections.ts';
import { CONNECTIONS } from './connections-page.tsx';
import { writeFlow } from './flow-cookie.ts';
import { migratedApp, scheduleIssuerCheck } from './issuer-migration.ts';
import { ProviderFailure } from './provider-failure.ts';
import { returnAddress } from './return-address.ts';

/** Sends the user to the provider of a connected app. */
export async function connect(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  let app = await enabledApp(deps, c.req.param('app') ?? '');
  const signedIn = await currentSession(c);
  if (!signedIn) return c.redirect(await signInAddress(deps, { to: `${CONNECTIONS}/${app.id}`, ask: 'any' }), 303);
  checkFormToken(deps, signedIn.session.id, form);
  const { user } = signedIn;
  if (!mayConnect(app, user)) throw new OAuthError('access_denied', 'this account may not connect this application.');
  const returnTo = returnAddress(
    form.one('return_to') ?? `${CONNECTIONS}?connected=${app.id}`,
    deps.config.issuer,
    app.description.return_to,
  );
  try {
    const known = await findConnection(deps.databases, { appId: app.id, userId: user.id });
    if (known) app = await migratedApp(deps, app);
    const client = await providerClientOfApp(deps, app);
    // MCP: when stepping up, request the union of the granted and the needed scopes.
    const before = known?.issuer === app.issuer ? known.scopes : [];
    const requested = [...scopesOfApp(app, client.server), ...before, ...parseScope(form.one('scope') ?? '')];
    const scopes = [...new Set(requested)];
    const { url, flow } = await createAuthorizationRequest(deps, client, {
      purpose: purposeOfConnection(app),
      scopes,
      user: user.id,
      returnTo,
    });
    await writeFlow(c, flow);
    return c.redirect(url, 303);
  } catch (error) {
    return failurePage(c, app, user.name, error);
  }
}

export const purposeOfConnection = (app: ConnectedApp) => `connect ${app.id}`;

export function failurePage(c: Context<Web>, app: ConnectedApp, signedInAs: string, error: unknown) {
  if (!(error instanceof ProviderFailure)) throw error;
  Object.assign(c.get('logFields'), { error: error.kind, why: error.detail });
  if (error.kind !== 'refused' || error.code === 'invalid_client') scheduleIssuerCheck(c.get('deps'), app);
  return connectionProblemPage(c, { app, signedInAs, problem: messageIn(c, error.message) });
}
