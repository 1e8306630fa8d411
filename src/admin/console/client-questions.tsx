/** What ends something of a client: each page says what, and asks (…/secret, /disable, /end, /delete). */
import type { Context } from 'hono';
import { type Client, nameOf } from '../../authorization-server/clients/client.ts';
import type { TokenId } from '../../protocol/credentials.ts';
import { deleteClient as removeClient } from '../../storage/clients.ts';
import { listGrants } from '../../storage/lists.ts';
import { revokeTokenById } from '../../storage/tokens.ts';
import type { Web } from '../../web/context.ts';
import { wordsOf } from '../../web/words.ts';
import { alterClient, rotateSecret } from '../acts/clients.ts';
import { endGrant } from '../acts/issued.ts';
import { endAllOf } from '../acts/people.ts';
import { CLIENT, CLIENTS, clientAddress, clientOf, LATEST_GRANTS, secretPage } from './client-parts.tsx';
import { type Kind, type Question, questionPages, SWITCH } from './questions.tsx';

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

const sayOf = (c: Context<Web>) => wordsOf(c, 'consoleClients');

const QUESTIONS: readonly Question<Client>[] = [
  {
    path: '/secret',
    async ends(c) {
      const { secret_overlap_hours } = await c.get('deps').settings();
      return sayOf(c).secret.overlap(secret_overlap_hours);
    },
    asks(c, client, overlap) {
      const { secret: say } = sayOf(c);
      return { heading: say.question(nameOf(client)), what: [say.what, overlap], submit: say.submit };
    },
    async act({ c, here, row: client }) {
      const { secret, oldGoodUntil } = await rotateSecret(c.get('deps'), here.actor, client, undefined);
      return secretPage(c, here, client, secret, sayOf(c).secret.made(nameOf(client)), oldGoodUntil);
    },
  },
  {
    path: '/disable',
    ends: grantsOf,
    asks(c, client, ends) {
      const { asking: say } = sayOf(c);
      return client.disabledAt === null
        ? { heading: say.disable(nameOf(client)), what: [ends, say.disableWhat], submit: say.disableSubmit }
        : { heading: say.enable(nameOf(client)), what: say.enableWhat, submit: say.enableSubmit };
    },
    carries: SWITCH.carries,
    async act({ c, here, row: client, form }) {
      const disabled = SWITCH.isToDisable(form);
      await alterClient(c.get('deps'), here.actor, client, { disabled });
      return disabled ? 'client-disabled' : 'client-enabled';
    },
  },
  {
    // One grant, one token, or everything: as the address says.
    path: '/end',
    ends: async (c) => (c.req.query('grant') || c.req.query('token') ? '' : grantsOf(c)),
    asks(c, client, ends) {
      const { asking: say } = sayOf(c);
      const submit = say.endSubmit;
      if (c.req.query('grant') !== undefined) return { heading: say.endGrant, what: say.grantWhat, submit };
      if (c.req.query('token') !== undefined) return { heading: say.endToken, what: say.tokenWhat, submit };
      return { heading: say.endAll(nameOf(client)), what: ends, submit };
    },
    carries(c): Record<string, string> {
      const { grant, token } = { grant: c.req.query('grant'), token: c.req.query('token') };
      return grant !== undefined ? { grant } : token !== undefined ? { token } : {};
    },
    async act({ c, here, row: client, form }) {
      const deps = c.get('deps');
      const { grant, token } = { grant: form.one('grant'), token: form.one('token') };
      if (grant !== undefined) await endGrant(deps, here.actor, grant);
      else if (token !== undefined) await revokeTokenById(deps.databases, deps.moment, here.actor, token as TokenId);
      else await endAllOf(deps, here.actor, { client: client.id, person: undefined });
      return 'client-ended';
    },
  },
  {
    path: '/delete',
    leadsTo: CLIENTS,
    ends: grantsOf,
    asks(c, client, ends) {
      const { asking: say } = sayOf(c);
      return { heading: say.delete(nameOf(client)), what: [ends, say.deleteWhat], submit: say.deleteSubmit };
    },
    async act({ c, here, row: client }) {
      const { databases, moment } = c.get('deps');
      await removeClient(databases, moment, here.actor, client.id);
      return 'client-deleted';
    },
  },
];

const ONE: Kind<Client> = {
  ...{ section: 'clients', path: CLIENT, back: ({ id }) => clientAddress(id), find: clientOf },
};

export const CLIENT_QUESTION_PAGES = questionPages(ONE, QUESTIONS);
