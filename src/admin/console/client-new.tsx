/** GET /console/clients/new: which kind of application; then the form of that kind; then its secret, this once. */
import type { Context } from 'hono';
import { OAuthError } from '../../protocol/oauth-error.ts';
import type { Web } from '../../web/context.ts';
import { Hidden } from '../../web/fields.tsx';
import type { Parameters } from '../../web/parameters.ts';
import { Problem } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { addClient } from '../acts/clients.ts';
import { CHECKS_AS_TYPED, checkedAsTyped } from './client-check.ts';
import { FlowFields, MetadataFields, StandingFields } from './client-fields.tsx';
import { newClientOf, type Problems, problemsOf, type Typed, typedIn } from './client-form.ts';
import { CLIENT_KINDS, type ClientKind } from './client-kinds.ts';
import { CLIENTS, NEW_CLIENT, secretPage } from './client-parts.tsx';
import { consolePage, type Operator } from './frame.tsx';

export function showKinds(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleClients');
  return consolePage(
    c,
    here,
    { title: say.adding.title, section: 'clients' },
    <>
      <h1>{say.adding.title}</h1>
      <p>{say.adding.which}</p>
      <ul class="cards">
        {CLIENT_KINDS.map(({ name }) => (
          <li>
            <h2>
              <a href={`${NEW_CLIENT}/${name}`}>{say.kinds[name].label}</a>
            </h2>
            <p>{say.kinds[name].about}</p>
          </li>
        ))}
      </ul>
    </>,
  );
}

export const showNewClient = (c: Context<Web>, here: Operator) => formPage(c, here, kindOf(c), { stay: 'on' });

export async function makeClient(c: Context<Web>, here: Operator, form: Parameters) {
  const kind = kindOf(c);
  const typed = typedIn(form);
  const say = wordsOf(c, 'consoleClients');
  const needsKeys = typed.token_endpoint_auth_method === 'private_key_jwt' && kind.methods.includes('private_key_jwt');
  const problems = problemsOf(typed, { ...kind, needsKeys }, say.problems);
  if (Object.keys(problems).length > 0) return formPage(c, here, kind, typed, problems);
  const { client, secret } = await addClient(c.get('deps'), here.actor, newClientOf(kind, typed));
  return secretPage(c, here, client, secret, say.adding.made(typed.client_name ?? client.id));
}

function kindOf(c: Context<Web>): ClientKind {
  const kind = CLIENT_KINDS.find(({ name }) => name === c.req.param('kind'));
  if (!kind) throw new OAuthError('not_found', 'there is no such kind of application.');
  return kind;
}

function formPage(c: Context<Web>, here: Operator, kind: ClientKind, typed: Typed, problems: Problems = {}) {
  const say = wordsOf(c, 'consoleClients');
  const failed = Object.keys(problems).length > 0;
  const title = say.kinds[kind.name].label;
  const filled = { typed, problems, say };
  return consolePage(
    c,
    here,
    { title, section: 'clients', status: failed ? 400 : 200, script: CHECKS_AS_TYPED },
    <>
      <h1>{title}</h1>
      <Problem>{failed ? wordsOf(c, 'console').problem : undefined}</Problem>
      <p>{say.kinds[kind.name].about}</p>
      <form class="stack" method="post" action={`${NEW_CLIENT}/${kind.name}`} {...checkedAsTyped(kind.applicationType)}>
        <Hidden formToken={here.formToken} />
        <FlowFields kind={kind} {...filled} />
        <MetadataFields {...filled} redirects={kind.redirects} hasKeys={kind.methods.includes('private_key_jwt')} />
        <StandingFields {...filled} />
        <div class="actions">
          <button type="submit">{say.adding.submit}</button>
          <a class="button secondary" href={CLIENTS}>
            {wordsOf(c, 'console').back}
          </a>
        </div>
      </form>
    </>,
  );
}
