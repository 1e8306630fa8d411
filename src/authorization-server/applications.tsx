/** GET and POST /account/applications: what may use one's account, and taking that away, in part or as a whole. */
import type { Context } from 'hono';
import { sentForm } from '../identity/account/form.ts';
import { accountPage, doneAt } from '../identity/account-page.tsx';
import { visitor } from '../identity/visitor.ts';
import { describeScope, type Scope } from '../protocol/scope.ts';
import { findClientNear } from '../storage/clients.ts';
import { listGrantsOfPerson, withdrawConsent, withdrawScope } from '../storage/consents.ts';
import type { Grant } from '../storage/grants.ts';
import type { Deps, Web } from '../web/context.ts';
import { formToken } from '../web/csrf.ts';
import { ActButton, Card, Day, Facts, ListForm } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import type { Words } from '../words/index.ts';
import { describedScopes } from './authorize/asking.tsx';
import { builtInClient } from './clients/built-in.ts';
import { nameOf } from './clients/client.ts';

export const APPLICATIONS = '/account/applications';

export async function showApplications(c: Context<Web>) {
  const here = await visitor(c, APPLICATIONS);
  if (here instanceof Response) return here;
  const deps = c.get('deps');
  const { person, session } = here;
  const settings = await deps.settings();
  const { grants, unreachable } = await listGrantsOfPerson(deps.databases, person.id, deps.moment.now, settings);
  const applications = await Promise.all(
    Object.entries(Object.groupBy(grants, (grant) => grant.clientId)).map(([id, own = []]) => describe(deps, id, own)),
  );
  const say = wordsOf(c, 'applications');
  const said = { say, scopes: wordsOf(c, 'scopes') };
  return accountPage(
    c,
    here,
    { title: say.title, section: 'applications' },
    <>
      <h1>{say.title}</h1>
      {unreachable.length > 0 && <p class="warning">{say.partly}</p>}
      {applications.length === 0 && <p>{say.none}</p>}
      <ListForm action={APPLICATIONS} formToken={formToken(deps, session.id)}>
        <ul class="cards">
          {applications.map((application) => (
            <Application {...application} {...said} />
          ))}
        </ul>
      </ListForm>
    </>,
  );
}

/** All that a client may do, or one scope of it. */
export async function withdrawApplication(c: Context<Web>) {
  const sent = await sentForm(c, APPLICATIONS, 'withdraw-access');
  if (sent instanceof Response) return sent;
  const { here, form } = sent;
  const { databases, moment } = c.get('deps');
  const { id } = here.person;
  // A scope has no space, nor has the id of a client.
  const [client = '', scope] = (form.one('part') ?? form.required('client')).split(' ');
  if (scope === undefined) await withdrawConsent(databases, moment, `person:${id}`, id, client);
  else await withdrawScope(databases, moment, `person:${id}`, id, client, scope);
  return c.redirect(doneAt(APPLICATIONS, scope === undefined ? 'withdrawn' : 'scope-withdrawn'), 303);
}

type Described = { id: string; name: string; may: Scope[]; since: number; lastUsed: number };

async function describe(deps: Deps, id: string, grants: Grant[]): Promise<Described> {
  const settings = await deps.settings();
  const client =
    builtInClient(id, deps.config, settings) ?? (await findClientNear(deps.databases, id, deps.moment.now));
  const all = (of: (grant: Grant) => string[]) => [...new Set(grants.flatMap(of))];
  return {
    id,
    name: client ? nameOf(client) : id,
    may: await describedScopes(deps, {
      scopes: all((grant) => grant.scopes),
      resources: all((grant) => grant.resources),
    }),
    since: Math.min(...grants.map((grant) => grant.createdAt)),
    lastUsed: Math.max(...grants.map((grant) => grant.rotatedAt)),
  };
}

type Said = { say: Words['applications']; scopes: Words['scopes'] };

function Application({ id, name, may, since, lastUsed, say, scopes }: Described & Said) {
  return (
    <Card title={name}>
      <Facts
        facts={[
          [say.since, <Day time={since} />],
          [say.lastUsed, <Day time={lastUsed} />],
        ]}
      />
      <h3>{say.may}</h3>
      <ul class="rows">
        {may.map((scope) => {
          const means = describeScope(scope, scopes);
          return (
            <li>
              {means}
              {scope.optional && (
                <ActButton
                  name="part"
                  value={`${id} ${scope.name}`}
                  label={say.leaveOut}
                  describe={say.leaveOutOf(name, means)}
                />
              )}
            </li>
          );
        })}
      </ul>
      <ActButton name="client" value={id} label={say.withdraw(name)} destructive />
    </Card>
  );
}
