/** What an administrator does to people: the same for the API, and so the command, and for the console. */
import type * as z from 'zod';
import { invitationLink } from '../../identity/link.ts';
import { tellOwner } from '../../identity/notice.ts';
import { newPersonId, type PasskeyId, type PersonId, type SessionId } from '../../protocol/credentials.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { endEverythingOf } from '../../storage/consents.ts';
import { removePasskey } from '../../storage/passkeys.ts';
import {
  findPerson as findRow,
  addPerson as insertPerson,
  type Person,
  type ProfileChanges,
} from '../../storage/people.ts';
import { changePerson } from '../../storage/person-changes.ts';
import { endSessionById, endSessionsOf } from '../../storage/session-ends.ts';
import type { Deps } from '../../web/context.ts';
import { mailIsBound, mailLater } from '../../web/mail.ts';
import type { Words } from '../../words/index.ts';
import type { NewPersonRequest, PersonChangesRequest } from '../requests.ts';

/** A one-time link to choose a password, and whether another one was mailed. */
export type Invitation = { link: string; mailed: boolean };

/** @throws OAuthError not_found */
export async function findPerson({ databases }: Pick<Deps, 'databases'>, id: string): Promise<Person> {
  const person = await findRow(databases, id as PersonId);
  if (!person) throw new OAuthError('not_found', 'there is no such person.');
  return person;
}

/**
 * A person is added without a password: the one-time link lets them choose one.
 * @throws OAuthError conflict where the address has an account.
 */
export async function addPerson(
  deps: Deps,
  actor: string,
  request: z.infer<typeof NewPersonRequest>,
  words: Words['mail'],
): Promise<{ person: Person; invitation: Invitation }> {
  const { email, name, roles } = request;
  const profile = profileOf(request, deps.moment.now);
  const row = { id: newPersonId(), email, name, roles, passwordHash: null, ...profile };
  if (!(await insertPerson(deps.databases, deps.moment, actor, row, 'person.added'))) {
    throw new OAuthError('conflict', 'email: this e-mail address has an account already.');
  }
  const person = await findPerson(deps, row.id);
  return { person, invitation: await invitePerson(deps, person, words) };
}

/**
 * A link for whoever administers to hand over; where mail goes out, another one is mailed. They differ, because only
 * the one that was mailed proves whose address it is.
 */
export async function invitePerson(deps: Deps, { id, email }: Person, words: Words['mail']): Promise<Invitation> {
  const settings = await deps.settings();
  const mailed = mailIsBound(deps, settings);
  if (mailed) {
    mailLater(deps, async () => {
      const link = await invitationLink(deps, id, email);
      return { to: email, mail: words.invitation(settings.brand_name, link) };
    });
  }
  return { link: await invitationLink(deps, id), mailed };
}

/**
 * Changes roles and profile, disables or enables: in one batch.
 * @throws OAuthError conflict where nobody could administer any more.
 */
export async function alterPerson(
  deps: Deps,
  actor: string,
  { id }: Person,
  request: z.infer<typeof PersonChangesRequest>,
): Promise<Person> {
  const { databases, moment } = deps;
  const { disabled, roles } = request;
  const changes = {
    ...profileOf(request, moment.now),
    ...(roles && { roles }),
    ...(disabled !== undefined && { disabled }),
  };
  const changed = await changePerson(databases, moment, actor, id, changes);
  if (!changed) throw new OAuthError('not_found', 'there is no such person.');
  // They are over by the cutoff already; this is so that the applications are told.
  if (disabled) tellApplications(deps, actor, id);
  return changed;
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

/** For a person who lost a device: the last passkey, too. */
export async function takePasskey(
  deps: Deps,
  actor: string,
  { id, email }: Person,
  passkey: string,
  words: Words['mail'],
) {
  const { databases, moment, settings } = deps;
  const { removed } = await removePasskey(databases, moment, actor, id, passkey as PasskeyId, await settings());
  if (removed !== undefined) tellOwner(deps, email, 'passkey-removed', words, removed);
}

/** Ends all that a client has, all that a person gave, or all that a person gave a client: codes in flight, too. */
export async function endAllOf(
  deps: Deps,
  actor: string,
  { client, person }: { client: string | undefined; person: PersonId | undefined },
): Promise<void> {
  await endEverythingOf(deps.databases, deps.moment, actor, { client, person });
  // With all that a person gave, their sessions are over; this is so that the applications are told.
  if (person && client === undefined) tellApplications(deps, actor, person);
}

function tellApplications({ databases, moment, later, sessionsEnded }: Deps, actor: string, id: PersonId) {
  const ends = endSessionsOf(databases, moment, actor, id);
  later(
    'end sessions',
    ends.then(({ ended }) => sessionsEnded(ended)),
  );
}

/** Signs a person out everywhere. @returns how many sessions ended, and which databases did not answer. */
export async function signOutEverywhere({ databases, moment, sessionsEnded }: Deps, actor: string, id: PersonId) {
  const { ended, unreachable } = await endSessionsOf(databases, moment, actor, id);
  sessionsEnded(ended);
  return { ended: ended.length, unreachable };
}

/** Signs a browser out; its applications are told. @throws OAuthError not_found for a session that is over. */
export async function endSession({ databases, moment, sessionsEnded }: Deps, actor: string, id: SessionId) {
  const ended = await endSessionById(databases, moment, actor, id);
  if (ended.length === 0) throw new OAuthError('not_found', 'there is no such session, or it is over.');
  sessionsEnded(ended);
}
