/** GET and POST /console/clients/:id/edit: what a client may change without becoming another kind of application. */
import type { Context } from 'hono';
import { type Client, nameOf } from '../../authorization-server/clients/client.ts';
import type { Web } from '../../web/context.ts';
import { Hidden } from '../../web/fields.tsx';
import type { Parameters } from '../../web/parameters.ts';
import { Problem } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { alterClient } from '../acts/clients.ts';
import { CHECKS_AS_TYPED, checkedAsTyped } from './client-check.ts';
import { MetadataFields, StandingFields } from './client-fields.tsx';
import { metadataOf, type Problems, problemsOf, standingOf, type Typed, typedIn } from './client-form.ts';
import { clientAddress, clientOf } from './client-parts.tsx';
import { consolePage, doneAt, type Operator } from './frame.tsx';

/** What the form may ask of a client that is there. */
function shapeOf({ metadata }: Client) {
  const needsKeys = metadata.token_endpoint_auth_method === 'private_key_jwt' && metadata.jwks === undefined;
  const redirects = metadata.grant_types.includes('authorization_code');
  return { applicationType: metadata.application_type, redirects, needsKeys };
}

/** A client that describes itself is changed by itself: of that, an administrator says only how it stands here. */
const isOurs = (client: Client): boolean => client.origin === 'administrator';

function typedBefore({ metadata, trusted, roles, allowedOrigins }: Client): Typed {
  const lines = (list: readonly string[] = []) => list.join('\n');
  const { client_name, jwks_uri, scope, client_uri, logo_uri } = metadata;
  const said = { client_name, jwks_uri, scope, client_uri, logo_uri, trusted: trusted ? 'on' : undefined };
  return {
    ...(Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as Typed),
    ...{ redirect_uris: lines(metadata.redirect_uris), roles: roles.join(' ') },
    ...{ post_logout_redirect_uris: lines(metadata.post_logout_redirect_uris), allowed_origins: lines(allowedOrigins) },
  };
}

export async function showEditClient(c: Context<Web>, here: Operator) {
  const client = await clientOf(c);
  return editPage(c, here, client, typedBefore(client));
}

export async function editClient(c: Context<Web>, here: Operator, form: Parameters) {
  const client = await clientOf(c);
  const typed = typedIn(form);
  const say = wordsOf(c, 'consoleClients');
  const { client_name, redirect_uris } = typedBefore(client);
  const judged = isOurs(client)
    ? typed
    : { client_name: client_name ?? client.id, redirect_uris, ...standingTyped(typed) };
  const problems = problemsOf(judged as Typed, isOurs(client) ? shapeOf(client) : NO_SHAPE, say.problems);
  if (Object.keys(problems).length > 0) return editPage(c, here, client, typed, problems);
  await alterClient(c.get('deps'), here.actor, client, {
    ...(isOurs(client) && { metadata: metadataOf(typed, shapeOf(client)) }),
    ...standingOf(typed),
  });
  return doneAt(c, clientAddress(client.id), 'client');
}

const NO_SHAPE = { applicationType: undefined, redirects: false, needsKeys: false };

const standingTyped = ({ trusted, roles, allowed_origins }: Typed) => ({ trusted, roles, allowed_origins });

function editPage(c: Context<Web>, here: Operator, client: Client, typed: Typed, problems: Problems = {}) {
  const say = wordsOf(c, 'consoleClients');
  const failed = Object.keys(problems).length > 0;
  const title = say.editing.title(nameOf(client));
  const filled = { typed, problems, say };
  const { redirects, applicationType } = shapeOf(client);
  const hasKeys =
    client.metadata.token_endpoint_auth_method === 'private_key_jwt' && client.metadata.jwks === undefined;
  return consolePage(
    c,
    here,
    { title, section: 'clients', status: failed ? 400 : 200, script: CHECKS_AS_TYPED },
    <>
      <h1>{title}</h1>
      <Problem>{failed ? wordsOf(c, 'console').problem : undefined}</Problem>
      <p>{isOurs(client) ? say.editing.narrowing : say.editing.itself}</p>
      <form class="stack" method="post" action={clientAddress(client.id, '/edit')} {...checkedAsTyped(applicationType)}>
        <Hidden formToken={here.formToken} />
        {isOurs(client) && <MetadataFields {...filled} redirects={redirects} hasKeys={hasKeys} />}
        <StandingFields {...filled} />
        <div class="actions">
          <button type="submit">{say.editing.submit}</button>
          <a class="button secondary" href={clientAddress(client.id)}>
            {wordsOf(c, 'console').back}
          </a>
        </div>
      </form>
    </>,
  );
}
