/** /api/admin/people: who has an account, and what they agreed to. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { invitationLink } from '../../identity/link.ts';
import { tellOwner } from '../../identity/notice.ts';
import { newPersonId, type PasskeyId, type PersonId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { listGrantsOfPerson, withdrawConsent } from '../../storage/consents.ts';
import { PERSON_SORTS, listPeople as readPeople } from '../../storage/lists.ts';
import { listPasskeys, type Passkey, removePasskey } from '../../storage/passkeys.ts';
import {
  findPerson,
  findPersonByEmail,
  addPerson as insertPerson,
  type Person,
  type ProfileChanges,
  setPersonDisabled,
  setPersonRoles,
  setProfile,
} from '../../storage/people.ts';
import { personIsAsRead } from '../../storage/precondition.ts';
import { endSessionsOf } from '../../storage/session-ends.ts';
import type { Web } from '../../web/context.ts';
import { mailIsBound, mailLater } from '../../web/mail.ts';
import { wordsOf } from '../../web/words.ts';
import { askedFilter, askedOrder, askedPage, writeCursor } from '../parse.ts';
import type { NewPersonRequest, PersonChangesRequest } from '../requests.ts';
import { actorOf } from './authenticate.ts';

export async function listPeople(c: Context<Web>) {
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

/** A person is added without a password: the one-time link lets them choose one. */
export async function addPerson(c: Context<Web>, request: z.infer<typeof NewPersonRequest>) {
  const { email, name, roles } = request;
  const deps = c.get('deps');
  const profile = profileOf(request, deps.moment.now);
  const person = { id: newPersonId(), email, name, roles, passwordHash: null, ...profile };
  if (!(await insertPerson(deps.databases, deps.moment, actorOf(c), person, 'person.added'))) {
    throw new OAuthError('conflict', 'this e-mail address has an account already.');
  }
  const added = await find(c, person.id);
  return c.json({ ...show(added), ...(await invite(c, added)) }, 201);
}

export async function getPerson(c: Context<Web>) {
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

export const personIsStill = async (c: Context<Web>) => personIsAsRead(await find(c));

export async function patchPerson(c: Context<Web>, request: z.infer<typeof PersonChangesRequest>) {
  const { databases, moment, later, sessionsEnded } = c.get('deps');
  const person = await find(c);
  const { disabled, roles } = request;
  const profile = profileOf(request, moment.now);
  if (Object.keys(profile).length > 0) await setProfile(databases, moment, actorOf(c), person.id, profile);
  if (roles) await setPersonRoles(databases, moment, actorOf(c), person.id, roles);
  if (disabled !== undefined) await setPersonDisabled(databases, moment, actorOf(c), person.id, disabled);
  // They are over by the cutoff already; this is so that the applications are told.
  if (disabled) {
    const ends = endSessionsOf(databases, moment, actorOf(c), person.id);
    later(
      'end sessions',
      ends.then(({ ended }) => sessionsEnded(ended)),
    );
  }
  return c.json(show(await find(c)));
}

/** What of the profile the request says. */
function profileOf(said: z.infer<typeof PersonChangesRequest>, now: number): ProfileChanges {
  const { name, given_name, family_name, picture, email_verified } = said;
  return {
    ...(name !== undefined && { name }),
    ...(given_name !== undefined && { givenName: given_name }),
    ...(family_name !== undefined && { familyName: family_name }),
    ...(picture !== undefined && { picture }),
    ...(email_verified !== undefined && { emailVerifiedAt: email_verified ? now : null }),
  };
}

/** Another link, for a lost link or a lost password. Setting a password ends every link made before. */
export async function inviteAgain(c: Context<Web>) {
  return c.json(await invite(c, await find(c)));
}

/**
 * A link for whoever administers to hand over; where mail goes out, another one is mailed. They differ, because only
 * the one that was mailed proves whose address it is.
 */
async function invite(c: Context<Web>, { id, email }: Person): Promise<{ link: string; mailed: boolean }> {
  const deps = c.get('deps');
  const settings = await deps.settings();
  const mailed = mailIsBound(deps, settings);
  const words = wordsOf(c, 'mail');
  if (mailed) {
    mailLater(deps, async () => {
      const link = await invitationLink(deps, id, email);
      return { to: email, mail: words.invitation(settings.brand_name, link) };
    });
  }
  return { link: await invitationLink(deps, id), mailed };
}

/** For a person who lost a device: the last passkey, too. */
export async function deletePasskey(c: Context<Web>) {
  const deps = c.get('deps');
  const { databases, moment, settings } = deps;
  const person = await find(c);
  const id = c.req.param('passkey') as PasskeyId;
  const { removed } = await removePasskey(databases, moment, actorOf(c), person.id, id, await settings());
  if (removed !== undefined) tellOwner(deps, person.email, 'passkey-removed', wordsOf(c, 'mail'), removed);
  return c.body(null, 204);
}

const showPasskey = ({ id, name, synced, createdAt, lastUsedAt }: Passkey) => ({
  ...{ id, name, synced, created_at: new Date(createdAt).toISOString() },
  last_used_at: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
});

export async function deleteConsent(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const person = await find(c);
  await withdrawConsent(databases, moment, actorOf(c), person.id, c.req.param('client') ?? '');
  return c.body(null, 204);
}

async function find(c: Context<Web>, id = c.req.param('id') as PersonId): Promise<Person> {
  const person = await findPerson(c.get('deps').databases, id);
  if (!person) throw new OAuthError('not_found', 'there is no such person.');
  return person;
}

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
