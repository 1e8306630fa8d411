/** What ends or gives away something of somebody: each page says what, and asks. */
import type { Context } from 'hono';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { withdrawConsent } from '../../storage/consents.ts';
import type { Person } from '../../storage/people.ts';
import { findIdentity, unlinkIdentity } from '../../storage/person-identities.ts';
import type { Web } from '../../web/context.ts';
import type { Parameters } from '../../web/parameters.ts';
import { wordsOf } from '../../web/words.ts';
import { alterPerson, endAllOf, findPerson, invitePerson, signOutEverywhere, takePasskey } from '../acts/people.ts';
import { CHANGERS, type ConsolePage, confirmPage, doneAt, type Operator, READERS } from './frame.tsx';
import { linkPage, PEOPLE, personAddress } from './people.tsx';
import { showPerson } from './person.tsx';
import { edit, showEdit } from './person-edit.tsx';

type Say = ReturnType<typeof wordsOf<'consolePeople'>>['asking'];
type Asked = { c: Context<Web>; here: Operator; person: Person; form: Parameters };

/** A question, and what is done where the answer is yes. */
type Question = {
  /** Below the address of the person. */
  path: string;
  asks: (say: Say, person: Person, c: Context<Web>) => { heading: string; what: string; submit: string };
  /** What the form carries from the address. */
  carries?: readonly string[];
  /** @returns the name of what was done, or another page. */
  act: (asked: Asked) => Promise<string | Response>;
};

const QUESTIONS: readonly Question[] = [
  {
    path: '/invite',
    asks: (say, { name }) => say.invite(name),
    async act({ c, here, person }) {
      const invitation = await invitePerson(c.get('deps'), person, wordsOf(c, 'mail'));
      return linkPage(c, here, person.id, wordsOf(c, 'consolePeople').invited(person.name), invitation);
    },
  },
  {
    path: '/sign-out',
    asks: (say, { name }) => say.signOut(name),
    async act({ c, here, person }) {
      const { unreachable } = await signOutEverywhere(c.get('deps'), here.actor, person.id);
      return unreachable.length > 0 ? 'partly' : 'ended';
    },
  },
  {
    path: '/end',
    asks: (say, { name }) => say.end(name),
    async act({ c, here, person }) {
      await endAllOf(c.get('deps'), here.actor, { client: undefined, person: person.id });
      return 'ended';
    },
  },
  {
    path: '/disable',
    asks: (say, { name, disabledAt }) => (disabledAt === null ? say.disable(name) : say.enable(name)),
    async act({ c, here, person }) {
      const disabled = person.disabledAt === null;
      if (disabled && person.id === here.person.id) {
        throw new OAuthError('conflict', 'nobody disables themselves; another administrator can.');
      }
      await alterPerson(c.get('deps'), here.actor, person, { disabled });
      return disabled ? 'person-disabled' : 'person-enabled';
    },
  },
  {
    path: '/withdraw',
    asks: (say, { name }, c) => say.withdraw(name, c.req.query('client') ?? ''),
    carries: ['client'],
    async act({ c, here, person, form }) {
      const { databases, moment } = c.get('deps');
      await withdrawConsent(databases, moment, here.actor, person.id, form.required('client'));
      return 'ended';
    },
  },
  {
    path: '/passkeys/:passkey',
    asks: (say, { name }) => say.passkey(name),
    async act({ c, here, person }) {
      await takePasskey(c.get('deps'), here.actor, person, c.req.param('passkey') ?? '', wordsOf(c, 'mail'));
      return 'removed';
    },
  },
  {
    path: '/identities/:identity',
    asks: (say, { name }) => say.identity(name),
    async act({ c, here, person }) {
      const { databases, moment, settings } = c.get('deps');
      const identity = await findIdentity(databases, c.req.param('identity') ?? '');
      if (identity?.personId !== person.id) throw new OAuthError('not_found', 'no such account is linked.');
      await unlinkIdentity(databases, moment, here.actor, identity, await settings());
      return 'removed';
    },
  },
];

const personOf = (c: Context<Web>): Promise<Person> => findPerson(c.get('deps'), c.req.param('id') ?? '');

async function ask(c: Context<Web>, here: Operator, { asks, carries = [] }: Question) {
  const person = await personOf(c);
  const { what, ...question } = asks(wordsOf(c, 'consolePeople').asking, person, c);
  return confirmPage(c, here, {
    ...{ ...question, section: 'people', action: new URL(c.req.url).pathname, back: personAddress(person.id) },
    hidden: Object.fromEntries(carries.map((name) => [name, c.req.query(name) ?? ''])),
    children: <p>{what}</p>,
  });
}

async function answer(c: Context<Web>, here: Operator, { act }: Question, form: Parameters) {
  const person = await personOf(c);
  const done = await act({ c, here, person, form });
  return done instanceof Response ? done : doneAt(c, personAddress(person.id), done);
}

const ONE = `${PEOPLE}/:id`;

export const PERSON_PAGES: readonly ConsolePage[] = [
  { path: ONE, section: 'people', roles: READERS, show: showPerson },
  { path: `${ONE}/edit`, section: 'people', roles: CHANGERS, fresh: true, show: showEdit, send: edit },
  ...QUESTIONS.map(
    (question): ConsolePage => ({
      ...{ path: ONE + question.path, section: 'people', roles: CHANGERS, fresh: true },
      show: (c, here) => ask(c, here, question),
      send: (c, here, form) => answer(c, here, question, form),
    }),
  ),
];
