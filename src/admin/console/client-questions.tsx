/** What ends something of a client: each page says what, and asks (…/secret, /disable, /end, /delete). */
import type { Context } from 'hono';
import { type Client, nameOf } from '../../authorization-server/clients/client.ts';
import type { GrantId, TokenId } from '../../protocol/credentials.ts';
import { shardOf } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { deleteClient as removeClient } from '../../storage/clients.ts';
import { endEverythingOf } from '../../storage/consents.ts';
import { revokeGrant } from '../../storage/grants.ts';
import { listGrants } from '../../storage/lists.ts';
import { revokeTokenById } from '../../storage/tokens.ts';
import type { Web } from '../../web/context.ts';
import type { Parameters } from '../../web/parameters.ts';
import { wordsOf } from '../../web/words.ts';
import { alterClient, rotateSecret } from '../acts/clients.ts';
import { CLIENTS, clientAddress, clientOf, LATEST_GRANTS, secretPage } from './client-parts.tsx';
import { confirmPage, doneAt, type Operator } from './frame.tsx';

/** More are not counted: what is to end is said in round words then. */
const COUNTED = 100;

/** What ends with all that the client has. */
async function grantsOf(c: Context<Web>): Promise<string> {
  const { databases, moment, settings } = c.get('deps');
  const query = { client: c.req.param('id') ?? '', ...LATEST_GRANTS };
  const page = await listGrants(databases, query, moment.now, await settings(), { after: undefined, most: COUNTED });
  const grants = page.rows.filter(({ id }) => !page.over.has(id));
  const people = new Set(grants.map((grant) => grant.personId)).size;
  return wordsOf(c, 'consoleClients').asking.ends(grants.length, people, page.next !== undefined);
}

type Question = { heading: string; text: readonly string[]; submit: string; hidden?: Record<string, string> };

/** A question about a client, on the page below its own. */
function ask(c: Context<Web>, here: Operator, client: Client, below: string, question: Question) {
  const { text, ...rest } = question;
  return confirmPage(c, here, {
    ...{ ...rest, section: 'clients', action: clientAddress(client.id, below), back: clientAddress(client.id) },
    children: text.map((sentence) => <p>{sentence}</p>),
  });
}

export async function askForSecret(c: Context<Web>, here: Operator) {
  const client = await clientOf(c);
  const { secret_overlap_hours } = await c.get('deps').settings();
  const { secret: say } = wordsOf(c, 'consoleClients');
  const text = [say.what, say.overlap(secret_overlap_hours)];
  return ask(c, here, client, '/secret', { heading: say.question(nameOf(client)), text, submit: say.submit });
}

export async function replaceSecret(c: Context<Web>, here: Operator) {
  const client = await clientOf(c);
  const { secret, oldGoodUntil } = await rotateSecret(c.get('deps'), here.actor, client, undefined);
  const title = wordsOf(c, 'consoleClients').secret.made(nameOf(client));
  return secretPage(c, here, client, secret, title, oldGoodUntil);
}

export async function askToDisable(c: Context<Web>, here: Operator) {
  const [client, ends] = await Promise.all([clientOf(c), grantsOf(c)]);
  const { asking: say } = wordsOf(c, 'consoleClients');
  const isOn = client.disabledAt === null;
  return ask(c, here, client, '/disable', {
    heading: isOn ? say.disable(nameOf(client)) : say.enable(nameOf(client)),
    text: isOn ? [ends, say.disableWhat] : [say.enableWhat],
    submit: isOn ? say.disableSubmit : say.enableSubmit,
    hidden: { disabled: isOn ? 'yes' : 'no' },
  });
}

export async function disableClient(c: Context<Web>, here: Operator, form: Parameters) {
  const client = await clientOf(c);
  const disabled = form.required('disabled') === 'yes';
  await alterClient(c.get('deps'), here.actor, client, { disabled });
  return doneAt(c, clientAddress(client.id), disabled ? 'client-disabled' : 'client-enabled');
}

/** One grant, one token, or everything: as the address says. */
export async function askToEnd(c: Context<Web>, here: Operator) {
  const { asking: say } = wordsOf(c, 'consoleClients');
  const { grant, token } = { grant: c.req.query('grant'), token: c.req.query('token') };
  const what: Record<string, string> = grant !== undefined ? { grant } : token !== undefined ? { token } : {};
  const [client, ends] = await Promise.all([clientOf(c), grant || token ? '' : grantsOf(c)]);
  return ask(c, here, client, '/end', {
    heading: grant !== undefined ? say.endGrant : token !== undefined ? say.endToken : say.endAll(nameOf(client)),
    text: [grant !== undefined ? say.grantWhat : token !== undefined ? say.tokenWhat : ends],
    submit: say.endSubmit,
    hidden: what,
  });
}

export async function endOfClient(c: Context<Web>, here: Operator, form: Parameters) {
  const { databases, moment } = c.get('deps');
  const client = await clientOf(c);
  const grant = form.one('grant') as GrantId | undefined;
  const token = form.one('token') as TokenId | undefined;
  if (grant !== undefined) {
    const db = databases.shard(shardOf(grant));
    if (!db) throw new OAuthError('not_found', 'there is no such grant.');
    await revokeGrant(db, moment, grant, here.actor, 'an administrator ended it');
  } else if (token !== undefined) await revokeTokenById(databases, moment, here.actor, token);
  else await endEverythingOf(databases, moment, here.actor, { client: client.id, person: undefined });
  return doneAt(c, clientAddress(client.id), 'client-ended');
}

export async function askToDelete(c: Context<Web>, here: Operator) {
  const [client, ends] = await Promise.all([clientOf(c), grantsOf(c)]);
  const { asking: say } = wordsOf(c, 'consoleClients');
  const text = [ends, say.deleteWhat];
  return ask(c, here, client, '/delete', { heading: say.delete(nameOf(client)), text, submit: say.deleteSubmit });
}

export async function deleteClient(c: Context<Web>, here: Operator) {
  const { databases, moment } = c.get('deps');
  const client = await clientOf(c);
  await removeClient(databases, moment, here.actor, client.id);
  return doneAt(c, CLIENTS, 'client-deleted');
}
