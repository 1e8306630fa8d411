/** /account/connections: one's accounts elsewhere, connecting them, and giving access back. */
import type { Context } from 'hono';
import { signInAddress } from '../identity/place.ts';
import { currentSession } from '../identity/session.ts';
import { type ConnectedApp, listEnabledApps } from '../storage/connected-apps.ts';
import { type ConnectionRow, listConnectionsOf } from '../storage/connections.ts';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { checkFormToken, formToken } from '../web/csrf.ts';
import { page } from '../web/page.tsx';
import { parseParameters } from '../web/parameters.ts';
import { mayConnect } from './connected-apps.ts';
import { disconnect, enabledApp } from './connections.ts';
import { returnAddress } from './return-address.ts';

export const CONNECTIONS = '/account/connections';

type Shown = { app: ConnectedApp; row: ConnectionRow | undefined };

export async function showConnections(c: Context<Web>) {
  const deps = c.get('deps');
  const signedIn = await currentSession(c);
  if (!signedIn) return c.redirect(await signInAddress(deps, { to: CONNECTIONS, ask: 'any' }), 303);
  const { person, session } = signedIn;
  const [apps, rows] = await Promise.all([
    listEnabledApps(deps.databases),
    listConnectionsOf(deps.databases, person.id),
  ]);
  const shown = apps
    .map((app): Shown => ({ app, row: rows.find((row) => row.appId === app.id) }))
    .filter(({ app, row }) => row || mayConnect(app, person));
  const query = parseParameters(new URL(c.req.url).search.slice(1));
  const connected = shown.find(({ app, row }) => app.id === query.one('connected') && row?.state === 'connected');
  const untold = query.one('untold');
  return page(
    c,
    { title: 'Connected accounts', signedInAs: person.name, formsLeave: true },
    <>
      <h1>Connected accounts</h1>
      {connected && (
        <p class="notice" role="status">
          {connected.app.description.name} is connected.
        </p>
      )}
      {untold && (
        <p class="warning" role="status">
          It is disconnected here, but the other side could not be told. Take the access away there, too.
        </p>
      )}
      <p>Your accounts elsewhere that applications here may use for you.</p>
      {shown.length === 0 && <p>Nothing can be connected here yet.</p>}
      <ul class="apps">
        {shown.map((one) => (
          <Connection {...one} formToken={formToken(deps, session.id)} />
        ))}
      </ul>
      <p>
        <a href="/account">Back to your account</a>
      </p>
    </>,
  );
}

function Connection({ app, row, formToken }: Shown & { formToken: string }) {
  const { name } = app.description;
  const isLost = row?.state === 'reconnect';
  return (
    <li>
      <h2>{name}</h2>
      {isLost && <p class="warning">Reconnect needed: {row.reason ?? 'it ended'}.</p>}
      {row && !isLost && row.reason && (
        <p class="warning">
          The last renewal failed: {row.reason}. It will be tried again when {name} is used.
        </p>
      )}
      <dl class="facts">
        <dt>State</dt>
        <dd>{row ? (isLost ? 'Waits for you' : 'Connected') : 'Not connected'}</dd>
        {row?.account && (
          <>
            <dt>As</dt>
            <dd>{row.account}</dd>
          </>
        )}
        {row && row.scopes.length > 0 && (
          <>
            <dt>It may</dt>
            <dd>{row.scopes.join(', ')}</dd>
          </>
        )}
        {row && (
          <>
            <dt>Since</dt>
            <dd>{new Date(row.createdAt).toISOString().slice(0, 10)}</dd>
          </>
        )}
      </dl>
      <div class="actions">
        <form method="post" action={`${CONNECTIONS}/${app.id}`}>
          <input type="hidden" name="form_token" value={formToken} />
          <button type="submit" class={row && !isLost ? 'secondary' : undefined}>
            {row ? 'Reconnect' : 'Connect'} {name}
          </button>
        </form>
        {row && (
          <form method="post" action={`${CONNECTIONS}/${app.id}/disconnect`}>
            <input type="hidden" name="form_token" value={formToken} />
            <button type="submit" class="secondary">
              Disconnect {name}
            </button>
          </form>
        )}
      </div>
    </li>
  );
}

/** GET /account/connections/:app: where a program sends a person who has to connect, or to allow more. */
export async function showConnection(c: Context<Web>) {
  const deps = c.get('deps');
  const { pathname, search } = new URL(c.req.url);
  const signedIn = await currentSession(c);
  if (!signedIn) return c.redirect(await signInAddress(deps, { to: pathname + search, ask: 'any' }), 303);
  const app = await enabledApp(deps, c.req.param('app') ?? '');
  const query = parseParameters(search.slice(1));
  const scope = query.one('scope');
  const returnTo = query.one('return_to');
  // Said before anybody is sent away, not after.
  if (returnTo !== undefined) returnAddress(returnTo, deps.config.issuer, app.description.return_to);
  const { name } = app.description;
  return page(
    c,
    { title: `Connect ${name}`, signedInAs: signedIn.person.name, formsLeave: true },
    <>
      <h1>Connect {name}?</h1>
      <p>
        You will be sent to <strong>{new URL(app.issuer).host}</strong>, which asks whether your account there may be
        used from here. You can take it back at any time.
      </p>
      {scope && (
        <p>
          More than before will be asked for: <code>{scope}</code>
        </p>
      )}
      <form class="stack" method="post" action={pathname}>
        <input type="hidden" name="form_token" value={formToken(deps, signedIn.session.id)} />
        {scope && <input type="hidden" name="scope" value={scope} />}
        {returnTo && <input type="hidden" name="return_to" value={returnTo} />}
        <div class="actions">
          <button type="submit">Connect {name}</button>
          <a class="button secondary" href={CONNECTIONS}>
            Not now
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
  const app = await enabledApp(deps, c.req.param('app') ?? '');
  const { id } = signedIn.person;
  const untold = await disconnect(deps, `person:${id}`, app, id);
  if (untold) c.get('facts').untold = untold;
  return c.redirect(untold ? `${CONNECTIONS}?untold=${app.id}` : CONNECTIONS, 303);
}

/** What went wrong on the way, and the way to begin again. */
export function troublePage(c: Context<Web>, what: { app: ConnectedApp; signedInAs: string; problem: string }) {
  const { name } = what.app.description;
  return page(
    c,
    { title: `${name} was not connected`, status: 400, signedInAs: what.signedInAs },
    <>
      <h1>{name} was not connected</h1>
      <p class="error" role="alert">
        {what.problem}
      </p>
      <p>Nothing was changed here.</p>
      <div class="actions">
        <a class="button" href={`${CONNECTIONS}/${what.app.id}`}>
          Begin again
        </a>
        <a class="button secondary" href={CONNECTIONS}>
          Connected accounts
        </a>
      </div>
      <p class="fine">
        If you ask somebody for help, tell them this number: <code>{c.get('deps').moment.requestId}</code>
      </p>
    </>,
  );
}
