/** The page of one connection, disconnecting, and the page about a problem of it. */
import type { Context } from 'hono';
import { currentSession } from '../accounts/current-session.ts';
import { signInAddress } from '../accounts/sign-in-continuation.ts';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { checkFormToken, formToken } from '../http/csrf.ts';
import { parseParameters } from '../http/parameters.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { type ConnectedApp, findConnectedApp } from '../storage/providers/connected-apps.ts';
import { textsOf } from '../ui/locale.ts';
import { page } from '../ui/page.tsx';
import { problemPage } from '../ui/problem-page.tsx';
import { disconnect } from './connection-revocation.ts';
import { enabledApp } from './connections.ts';
import { CONNECTIONS } from './connections-page.tsx';
import { returnAddress } from './return-address.ts';

/** GET /account/connections/:app: the page on which a user connects an app, or grants further scopes. */
export async function showConnection(c: Context<Web>) {
  const deps = c.get('deps');
  const { pathname, search } = new URL(c.req.url);
  const signedIn = await currentSession(c);
  if (!signedIn) return c.redirect(await signInAddress(deps, { to: pathname + search, ask: 'any' }), 303);
  const app = await enabledApp(deps, c.req.param('app') ?? '');
  const query = parseParameters(search.slice(1));
  const scope = query.one('scope');
  const returnTo = query.one('return_to');
  // Validated before the user is sent to the provider.
  if (returnTo !== undefined) returnAddress(returnTo, deps.config.issuer, app.description.return_to);
  const { name } = app.description;
  const texts = textsOf(c, 'connections');
  return page(
    c,
    { title: texts.connect(name), signedInAs: signedIn.user.name, formsRedirectOut: true },
    <>
      <h1>{texts.question(name)}</h1>
      <p>
        {texts.youWillBeSent}
        <strong>{new URL(app.issuer).host}</strong>
        {texts.whichAsks}
      </p>
      {scope && (
        <p>
          {texts.more}
          <code>{scope}</code>
        </p>
      )}
      <form class="stack" method="post" action={pathname}>
        <input type="hidden" name="form_token" value={formToken(deps, signedIn.session.id)} />
        {scope && <input type="hidden" name="scope" value={scope} />}
        {returnTo && <input type="hidden" name="return_to" value={returnTo} />}
        <div class="actions">
          <button type="submit">{texts.connect(name)}</button>
          <a class="button secondary" href={CONNECTIONS}>
            {texts.notNow}
          </a>
        </div>
      </form>
    </>,
  );
}

export async function disconnectByForm(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  const signedIn = await currentSession(c);
  if (!signedIn) return c.redirect(CONNECTIONS, 303);
  checkFormToken(deps, signedIn.session.id, form);
  const app = await findConnectedApp(deps.databases, c.req.param('app') ?? '', deps.moment.now);
  if (!app) throw new OAuthError('not_found', 'there is no such connected app.');
  const { id } = signedIn.user;
  const problem = await disconnect(deps, `user:${id}`, app, id);
  if (problem) c.get('logFields').untold = problem;
  return c.redirect(problem ? `${CONNECTIONS}?untold=${app.id}` : CONNECTIONS, 303);
}

type FailedFlow = {
  app: ConnectedApp;
  signedInAs: string;
  problem: string;
  /** The address for the choice of another account, where that one can finish the flow. */
  otherAccount?: string;
};

/** The page for a failed flow, with a link to start again. */
export function connectionProblemPage(c: Context<Web>, { app, signedInAs, problem, otherAccount }: FailedFlow) {
  const { id, description } = app;
  const texts = textsOf(c, 'connections');
  return problemPage(c, {
    title: texts.notConnected(description.name),
    problem,
    advice: texts.unchanged,
    links: [
      otherAccount === undefined
        ? { href: `${CONNECTIONS}/${id}`, label: texts.again }
        : { href: otherAccount, label: texts.another },
      { href: CONNECTIONS, label: texts.title, secondary: true },
    ],
    requestIdLabel: texts.reference,
    signedInAs,
  });
}
