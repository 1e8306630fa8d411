/** /account/connections: one's accounts elsewhere, connecting them, and giving access back. */
import type { Context } from 'hono';
import { accountPage } from '../identity/account-page.tsx';
import { signInAddress } from '../identity/place.ts';
import { currentSession } from '../identity/session.ts';
import { visitor } from '../identity/visitor.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { type ConnectedApp, findConnectedApp, listConnectedApps } from '../storage/connected-apps.ts';
import { type ConnectionRow, listConnectionsOf } from '../storage/connections.ts';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { checkFormToken, formToken } from '../web/csrf.ts';
import { page } from '../web/page.tsx';
import { parseParameters } from '../web/parameters.ts';
import { ButtonForm, Card, Day, Done, Facts } from '../web/pieces.tsx';
import { problemPage } from '../web/problem-page.tsx';
import { wordsOf } from '../web/words.ts';
import type { Words } from '../words/index.ts';
import { mayConnect } from './connected-apps.ts';
import { disconnect, enabledApp } from './connections.ts';
import { returnAddress } from './return-address.ts';

export const CONNECTIONS = '/account/connections';

type Say = { say: Words['connections'] };
type Shown = { app: ConnectedApp; row: ConnectionRow | undefined };

export async function showConnections(c: Context<Web>) {
  const deps = c.get('deps');
  const here = await visitor(c, CONNECTIONS);
  if (here instanceof Response) return here;
  const { person, session } = here;
  const [apps, rows] = await Promise.all([
    listConnectedApps(deps.databases),
    listConnectionsOf(deps.databases, person.id),
  ]);
  const shown = apps
    .map((app): Shown => ({ app, row: rows.find((row) => row.appId === app.id) }))
    // What was connected can be given back, also where it can no longer be used.
    .filter(({ app, row }) => row || (app.disabledAt === null && mayConnect(app, person)));
  const query = parseParameters(new URL(c.req.url).search.slice(1));
  const connected = shown.find(({ app, row }) => app.id === query.one('connected') && row?.state === 'connected');
  const say = wordsOf(c, 'connections');
  return accountPage(
    c,
    here,
    { title: say.title, section: 'connected', formsLeave: true },
    <>
      <h1>{say.title}</h1>
      <Done>{connected && say.connected(connected.app.description.name)}</Done>
      {query.one('untold') && (
        <p class="warning" role="status">
          {say.untold}
        </p>
      )}
      <p>{shown.length > 0 ? say.lead : say.none}</p>
      <ul class="cards">
        {shown.map((one) => (
          <Connection {...one} say={say} token={() => formToken(deps, session.id)} />
        ))}
      </ul>
    </>,
  );
}

function Connection({ app, row, say, token }: Shown & Say & { token: () => string }) {
  const { name } = app.description;
  const isLost = row?.state === 'reconnect';
  const isOff = app.disabledAt !== null;
  const action = `${CONNECTIONS}/${app.id}`;
  return (
    <Card title={name}>
      {isOff && <p class="warning">{say.off}</p>}
      {row?.reason && !isOff && <p class="warning">{isLost ? say.lost(row.reason) : say.failed(name, row.reason)}</p>}
      <Facts
        facts={[
          [say.state, say.states[row?.state ?? 'not_connected']],
          [say.account, row?.account ?? undefined],
          [say.may, row?.scopes.join(', ') || undefined],
          [say.since, row && <Day time={row.createdAt} />],
        ]}
      />
      <div class="actions">
        {!isOff && (
          <ButtonForm
            {...{ action, hidden: { form_token: token() }, main: !row || isLost }}
            label={row ? say.reconnect(name) : say.connect(name)}
          />
        )}
        {row && (
          <ButtonForm action={`${action}/disconnect`} hidden={{ form_token: token() }} label={say.disconnect(name)} />
        )}
      </div>
    </Card>
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
  const say = wordsOf(c, 'connections');
  return page(
    c,
    { title: say.connect(name), signedInAs: signedIn.person.name, formsLeave: true },
    <>
      <h1>{say.question(name)}</h1>
      <p>
        {say.youWillBeSent}
        <strong>{new URL(app.issuer).host}</strong>
        {say.whichAsks}
      </p>
      {scope && (
        <p>
          {say.more}
          <code>{scope}</code>
        </p>
      )}
      <form class="stack" method="post" action={pathname}>
        <input type="hidden" name="form_token" value={formToken(deps, signedIn.session.id)} />
        {scope && <input type="hidden" name="scope" value={scope} />}
        {returnTo && <input type="hidden" name="return_to" value={returnTo} />}
        <div class="actions">
          <button type="submit">{say.connect(name)}</button>
          <a class="button secondary" href={CONNECTIONS}>
            {say.notNow}
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
  const { id } = signedIn.person;
  const untold = await disconnect(deps, `person:${id}`, app, id);
  if (untold) c.get('facts').untold = untold;
  return c.redirect(untold ? `${CONNECTIONS}?untold=${app.id}` : CONNECTIONS, 303);
}

/** What went wrong on the way, and the way to begin again. */
export function troublePage(c: Context<Web>, what: { app: ConnectedApp; signedInAs: string; problem: string }) {
  const { id, description } = what.app;
  const say = wordsOf(c, 'connections');
  return problemPage(c, {
    ...{ title: say.notConnected(description.name), problem: what.problem, how: say.unchanged },
    ways: [
      { href: `${CONNECTIONS}/${id}`, label: say.again },
      { href: CONNECTIONS, label: say.title, secondary: true },
    ],
    ...{ helpNumber: say.helpNumber, signedInAs: what.signedInAs },
  });
}
