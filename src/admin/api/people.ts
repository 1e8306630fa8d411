/** /api/admin/people: who has an account, and what they agreed to. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { listGrantsOfPerson, withdrawConsent } from '../../storage/consents.ts';
import { PERSON_SORTS, listPeople as readPeople } from '../../storage/lists.ts';
import { listPasskeys, type Passkey } from '../../storage/passkeys.ts';
import { findPersonByEmail, type Person } from '../../storage/people.ts';
import { personIsAsRead } from '../../storage/precondition.ts';
import { type ApiTable, route } from '../../web/api.ts';
import type { Web } from '../../web/context.ts';
import { wordsOf } from '../../web/words.ts';
import { addPerson as add, alterPerson, findPerson, invitePerson, takePasskey } from '../acts/people.ts';
import { askedFilter, askedOrder, askedPage, writeCursor } from '../parse.ts';
import type { NewPersonRequest, PersonChangesRequest } from '../requests.ts';
import * as requests from '../requests.ts';
import * as answers from './answers.ts';
import { actorOf } from './authenticate.ts';
import { sorted } from './queries.ts';

async function listPeople(c: Context<Web>) {
  const { databases } = c.get('deps');
  const { email, email_begins, name_begins } = askedFilter(c, 'email', 'email_begins', 'name_begins');
  if (email !== undefined) {
    const person = await findPersonByEmail(databases, email);
    return c.json({ people: person ? [show(person)] : [] });
  }
  const query = { ...askedOrder(c, PERSON_SORTS), name: name_begins, email: email_begins };
  const { rows, next } = await readPeople(databases, query, askedPage(c));
  return c.json({ people: rows.map(show), next: writeCursor(next) });
}

async function addPerson(c: Context<Web>, request: z.infer<typeof NewPersonRequest>) {
  const { person, invitation } = await add(c.get('deps'), actorOf(c), request, wordsOf(c, 'mail'));
  return c.json({ ...show(person), ...invitation }, 201);
}

async function getPerson(c: Context<Web>) {
  const { databases, moment, settings } = c.get('deps');
  const person = await find(c);
  const [{ grants, unreachable }, passkeys] = await Promise.all([
    listGrantsOfPerson(databases, person.id, moment.now, await settings()),
    listPasskeys(databases, person.id),
  ]);
  const applications = grants.map((grant) => ({
    grant: grant.id,
    client_id: grant.clientId,
    scope: grant.scopes.join(' '),
    since: new Date(grant.createdAt).toISOString(),
    last_used: new Date(grant.rotatedAt).toISOString(),
  }));
  return c.json({
    ...show(person),
    applications,
    passkeys: passkeys.map(showPasskey),
    shards_that_did_not_answer: unreachable,
  });
}

const personIsStill = async (c: Context<Web>) => personIsAsRead(await find(c));

async function patchPerson(c: Context<Web>, request: z.infer<typeof PersonChangesRequest>) {
  return c.json(show(await alterPerson(c.get('deps'), actorOf(c), await find(c), request)));
}

/** Another link, for a lost link or a lost password. Setting a password ends every link made before. */
async function inviteAgain(c: Context<Web>) {
  return c.json(await invitePerson(c.get('deps'), await find(c), wordsOf(c, 'mail')));
}

async function deletePasskey(c: Context<Web>) {
  const person = await find(c);
  await takePasskey(c.get('deps'), actorOf(c), person, c.req.param('passkey') ?? '', wordsOf(c, 'mail'));
  return c.body(null, 204);
}

const showPasskey = ({ id, name, synced, createdAt, lastUsedAt }: Passkey) => ({
  ...{ id, name, synced, created_at: new Date(createdAt).toISOString() },
  last_used_at: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
});

async function deleteConsent(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const person = await find(c);
  await withdrawConsent(databases, moment, actorOf(c), person.id, c.req.param('client') ?? '');
  return c.body(null, 204);
}

const find = (c: Context<Web>): Promise<Person> => findPerson(c.get('deps'), c.req.param('id') ?? '');

function show(person: Person) {
  return {
    id: person.id,
    email: person.email,
    email_verified: person.emailVerifiedAt !== null,
    name: person.name,
    given_name: person.givenName,
    family_name: person.familyName,
    picture: person.picture,
    roles: person.roles,
    has_password: person.passwordHash !== null,
    created_at: new Date(person.createdAt).toISOString(),
    disabled: person.disabledAt !== null,
  };
}

/** What the API table says of them. */
export const PERSON_ROUTES: ApiTable['routes'] = {
  listPeople: {
    ...{ method: 'GET', path: '/people', summary: 'People' },
    query: {
      ...{ ...sorted(PERSON_SORTS), email: 'Only the person with this address.' },
      email_begins: 'Only those whose address begins like this, by address.',
      name_begins: 'Only those whose name begins like this, by name.',
    },
    ...{ answer: answers.PersonList, handle: listPeople },
  },
  addPerson: route({
    ...{ method: 'POST', path: '/people', summary: 'Adds a person; the link lets them choose a password' },
    ...{ status: 201, body: requests.NewPersonRequest, answer: answers.NewPerson, handle: addPerson },
  }),
  getPerson: {
    ...{ method: 'GET', path: '/people/{id}', summary: 'One person, and the applications with access' },
    ...{ answer: answers.PersonWithApplications, handle: getPerson, isAsRead: personIsStill },
  },
  patchPerson: route({
    ...{ method: 'PATCH', path: '/people/{id}', summary: 'Changes roles and profile, disables or enables' },
    ...{ body: requests.PersonChangesRequest, answer: answers.Person, handle: patchPerson },
  }),
  inviteAgain: {
    ...{ method: 'POST', path: '/people/{id}/invitation', summary: 'Another link, for a lost link or password' },
    ...{ answer: answers.Invitation, handle: inviteAgain },
  },
  deleteConsent: {
    ...{ method: 'DELETE', path: '/people/{id}/consents/{client}' },
    ...{ summary: 'Ends all that the person let the client do', handle: deleteConsent },
  },
  deletePasskey: {
    ...{ method: 'DELETE', path: '/people/{id}/passkeys/{passkey}' },
    ...{ summary: 'Takes a passkey away from the person', handle: deletePasskey },
  },
};
