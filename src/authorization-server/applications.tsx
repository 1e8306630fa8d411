/** GET and POST /account/applications: what may use one's account, and taking that away. */
import type { Context } from 'hono';
import { signInAddress } from '../identity/place.ts';
import { currentSession } from '../identity/session.ts';
import { knownScopes } from '../protocol/scope.ts';
import { findClientNear } from '../storage/clients.ts';
import { listGrantsOfPerson, withdrawConsent } from '../storage/consents.ts';
import type { Grant } from '../storage/grants.ts';
import { readForm } from '../web/body.ts';
import type { Deps, Web } from '../web/context.ts';
import { checkFormToken, formToken } from '../web/csrf.ts';
import { page } from '../web/page.tsx';
import { builtInClient } from './clients/built-in.ts';
import { nameOf } from './clients/client.ts';

export const APPLICATIONS = '/account/applications';

export async function showApplications(c: Context<Web>) {
  const deps = c.get('deps');
  const signedIn = await currentSession(c);
  if (!signedIn) return c.redirect(await signInAddress(deps, { to: APPLICATIONS, ask: 'any' }), 303);
  const settings = await deps.settings();
  const { grants, unreachable } = await listGrantsOfPerson(
    deps.databases,
    signedIn.person.id,
    deps.moment.now,
    settings,
  );
  const applications = await Promise.all(
    Object.entries(Object.groupBy(grants, (grant) => grant.clientId)).map(([id, own = []]) => describe(deps, id, own)),
  );
  const token = formToken(deps, signedIn.session.id);
  return page(
    c,
    { title: 'Applications with access', signedInAs: signedIn.person.name },
    <>
      <h1>Applications with access</h1>
      {unreachable.length > 0 && (
        <p class="warning">Part of the list cannot be shown right now. Please look again in a minute.</p>
      )}
      {applications.length === 0 && <p>No application may use your account.</p>}
      <ul class="apps">
        {applications.map((application) => (
          <Application {...application} formToken={token} />
        ))}
      </ul>
      <p>
        <a href="/account">Back to your account</a>
      </p>
    </>,
  );
}

export async function withdrawApplication(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  const signedIn = await currentSession(c);
  if (!signedIn) return c.redirect(APPLICATIONS, 303);
  checkFormToken(c.get('deps'), signedIn.session.id, form);
  const { id } = signedIn.person;
  await withdrawConsent(databases, moment, `person:${id}`, id, form.required('client'));
  return c.redirect(APPLICATIONS, 303);
}

type Described = { id: string; name: string; may: string[]; since: number; lastUsed: number };

async function describe(deps: Deps, id: string, grants: Grant[]): Promise<Described> {
  const settings = await deps.settings();
  const client =
    builtInClient(id, deps.config, settings) ?? (await findClientNear(deps.databases, id, deps.moment.now));
  const names = new Set(grants.flatMap((grant) => grant.scopes));
  return {
    id,
    name: client ? nameOf(client) : id,
    may: knownScopes(settings.scopes_supported)
      .filter((scope) => names.has(scope.name))
      .map((scope) => scope.description),
    since: Math.min(...grants.map((grant) => grant.createdAt)),
    lastUsed: Math.max(...grants.map((grant) => grant.rotatedAt)),
  };
}

function Application(props: Described & { formToken: string }) {
  return (
    <li>
      <h2>{props.name}</h2>
      <dl class="facts">
        <dt>It may</dt>
        <dd>{props.may.join('; ')}</dd>
        <dt>Since</dt>
        <dd>{day(props.since)}</dd>
        <dt>Last used</dt>
        <dd>{day(props.lastUsed)}</dd>
      </dl>
      <form method="post" action={APPLICATIONS}>
        <input type="hidden" name="form_token" value={props.formToken} />
        <input type="hidden" name="client" value={props.id} />
        <button type="submit" class="secondary">
          Take access away from {props.name}
        </button>
      </form>
    </li>
  );
}

const day = (time: number) => new Date(time).toISOString().slice(0, 10);
