/** GET and POST /account/applications: what may use one's account, and taking that away. */
import type { Context } from 'hono';
import { signInAddress } from '../identity/place.ts';
import { currentSession } from '../identity/session.ts';
import { describeScope, knownScopes, type Scope } from '../protocol/scope.ts';
import { findClientNear } from '../storage/clients.ts';
import { listGrantsOfPerson, withdrawConsent } from '../storage/consents.ts';
import type { Grant } from '../storage/grants.ts';
import { readForm } from '../web/body.ts';
import type { Deps, Web } from '../web/context.ts';
import { checkFormToken, formToken } from '../web/csrf.ts';
import { page } from '../web/page.tsx';
import { ButtonForm, Card, Day, Facts } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import type { Words } from '../words/index.ts';
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
  const say = wordsOf(c, 'applications');
  const token = formToken(deps, signedIn.session.id);
  const scopes = wordsOf(c, 'scopes');
  return page(
    c,
    { title: say.title, signedInAs: signedIn.person.name },
    <>
      <h1>{say.title}</h1>
      {unreachable.length > 0 && <p class="warning">{say.partly}</p>}
      {applications.length === 0 && <p>{say.none}</p>}
      <ul class="cards">
        {applications.map((application) => (
          <Application {...application} formToken={token} say={say} scopes={scopes} />
        ))}
      </ul>
      <p>
        <a href="/account">{say.back}</a>
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

type Described = { id: string; name: string; may: Scope[]; since: number; lastUsed: number };

async function describe(deps: Deps, id: string, grants: Grant[]): Promise<Described> {
  const settings = await deps.settings();
  const client =
    builtInClient(id, deps.config, settings) ?? (await findClientNear(deps.databases, id, deps.moment.now));
  const names = new Set(grants.flatMap((grant) => grant.scopes));
  return {
    id,
    name: client ? nameOf(client) : id,
    may: knownScopes(settings.scopes_supported).filter((scope) => names.has(scope.name)),
    since: Math.min(...grants.map((grant) => grant.createdAt)),
    lastUsed: Math.max(...grants.map((grant) => grant.rotatedAt)),
  };
}

type Said = { formToken: string; say: Words['applications']; scopes: Words['scopes'] };

function Application({ id, name, may, since, lastUsed, formToken: form_token, say, scopes }: Described & Said) {
  return (
    <Card title={name}>
      <Facts
        facts={[
          [say.may, may.map((scope) => describeScope(scope, scopes)).join('; ')],
          [say.since, <Day time={since} />],
          [say.lastUsed, <Day time={lastUsed} />],
        ]}
      />
      <ButtonForm action={APPLICATIONS} label={say.withdraw(name)} hidden={{ form_token, client: id }} />
    </Card>
  );
}
