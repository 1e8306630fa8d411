/** GET and POST /console/people/:id/edit: what applications read of somebody, and what they may do here. */
import type { Context } from 'hono';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { ADMINISTRATOR } from '../../protocol/scope.ts';
import type { Person } from '../../storage/people.ts';
import type { Web } from '../../web/context.ts';
import { wordsOf } from '../../web/words.ts';
import { alterPerson, findPerson } from '../acts/people.ts';
import { PersonChangesRequest } from '../requests.ts';
import { fieldsOf } from './forms/fields.tsx';
import type { RecordForm } from './forms/form.tsx';
import { doneAt, type Operator } from './frame.tsx';
import { personAddress } from './links.tsx';

const FIELDS = ['name', 'roles', 'email_verified', 'given_name', 'family_name', 'picture'] as const;

export async function editForm(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consolePeople');
  const person = await findPerson(c.get('deps'), c.req.param('id') ?? '');
  return {
    ...{ section: 'people', title: say.change(person.name), lead: say.changing, back: personAddress(person.id) },
    ...{ submit: wordsOf(c, 'console').save, schema: PersonChangesRequest, labels: say.fields },
    ...{ fields: fieldsOf(PersonChangesRequest, ...FIELDS), record: recordOf(person) },
    async send(changes) {
      keepOwnRole(here, person, changes.roles);
      await alterPerson(c.get('deps'), here.actor, person, changes);
      return doneAt(c, personAddress(person.id), 'saved');
    },
  } satisfies RecordForm<typeof PersonChangesRequest>;
}

const recordOf = (person: Person) => ({
  ...{ name: person.name, roles: person.roles, email_verified: person.emailVerifiedAt !== null },
  ...{ given_name: person.givenName, family_name: person.familyName, picture: person.picture },
});

/** Whoever took it from themselves by mistake could not give it back. @throws OAuthError conflict */
function keepOwnRole(here: Operator, person: Person, roles: readonly string[] = []): void {
  if (person.id === here.person.id && !roles.includes(ADMINISTRATOR)) {
    throw new OAuthError('conflict', 'roles: nobody takes the role administrator from themselves; another one can.');
  }
}
