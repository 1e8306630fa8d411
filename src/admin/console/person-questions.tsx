/** What ends or gives away something of somebody: each page says what, and asks. */
import type { Context } from 'hono';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { withdrawConsent } from '../../storage/consents.ts';
import type { Person } from '../../storage/people.ts';
import { findIdentity, unlinkIdentity } from '../../storage/person-identities.ts';
import type { Web } from '../../web/context.ts';
import { wordsOf } from '../../web/words.ts';
import { alterPerson, endAllOf, findPerson, invitePerson, signOutEverywhere, takePasskey } from '../acts/people.ts';
import { formPage } from './forms/form.tsx';
import { CHANGERS, type ConsolePage, READERS } from './frame.tsx';
import { PEOPLE, personAddress } from './links.tsx';
import { linkPage } from './people.tsx';
import { showPerson } from './person.tsx';
import { editForm } from './person-edit.tsx';
import { type Kind, type Question, questionPages, SWITCH } from './questions.tsx';

const sayOf = (c: Context<Web>) => wordsOf(c, 'consolePeople').asking;

const QUESTIONS: readonly Question<Person>[] = [
  {
    path: '/invite',
    asks: (c, { name }) => sayOf(c).invite(name),
    async act({ c, here, row: person }) {
      const invitation = await invitePerson(c.get('deps'), person, wordsOf(c, 'mail'));
      return linkPage(c, here, person.id, wordsOf(c, 'consolePeople').invited(person.name), invitation);
    },
  },
  {
    path: '/sign-out',
    asks: (c, { name }) => sayOf(c).signOut(name),
    async act({ c, here, row: person }) {
      const { unreachable } = await signOutEverywhere(c.get('deps'), here.actor, person.id);
      return unreachable.length > 0 ? 'partly' : 'ended';
    },
  },
  {
    path: '/end',
    asks: (c, { name }) => sayOf(c).end(name),
    async act({ c, here, row: person }) {
      await endAllOf(c.get('deps'), here.actor, { client: undefined, person: person.id });
      return 'ended';
    },
  },
  {
    path: '/disable',
    asks: (c, { name, disabledAt }) => (disabledAt === null ? sayOf(c).disable(name) : sayOf(c).enable(name)),
    carries: SWITCH.carries,
    async act({ c, here, row: person, form }) {
      const disabled = SWITCH.isToDisable(form);
      if (disabled && person.id === here.person.id) {
        throw new OAuthError('conflict', 'nobody disables themselves; another administrator can.');
      }
      await alterPerson(c.get('deps'), here.actor, person, { disabled });
      return disabled ? 'person-disabled' : 'person-enabled';
    },
  },
  {
    path: '/withdraw',
    asks: (c, { name }) => sayOf(c).withdraw(name, c.req.query('client') ?? ''),
    carries: (c) => ({ client: c.req.query('client') ?? '' }),
    async act({ c, here, row: person, form }) {
      const { databases, moment } = c.get('deps');
      await withdrawConsent(databases, moment, here.actor, person.id, form.required('client'));
      return 'ended';
    },
  },
  {
    path: '/passkeys/:passkey',
    asks: (c, { name }) => sayOf(c).passkey(name),
    async act({ c, here, row: person }) {
      await takePasskey(c.get('deps'), here.actor, person, c.req.param('passkey') ?? '', wordsOf(c, 'mail'));
      return 'removed';
    },
  },
  {
    path: '/identities/:identity',
    asks: (c, { name }) => sayOf(c).identity(name),
    async act({ c, here, row: person }) {
      const { databases, moment, settings } = c.get('deps');
      const identity = await findIdentity(databases, c.req.param('identity') ?? '');
      if (identity?.personId !== person.id) throw new OAuthError('not_found', 'no such account is linked.');
      await unlinkIdentity(databases, moment, here.actor, identity, await settings());
      return 'removed';
    },
  },
];

const ONE: Kind<Person> = {
  ...{ section: 'people', path: `${PEOPLE}/:id`, back: ({ id }) => personAddress(id) },
  find: (c) => findPerson(c.get('deps'), c.req.param('id') ?? ''),
};

export const PERSON_PAGES: readonly ConsolePage[] = [
  { path: ONE.path, section: 'people', roles: READERS, show: showPerson },
  { path: `${ONE.path}/edit`, section: 'people', roles: CHANGERS, fresh: true, ...formPage(editForm) },
  ...questionPages(ONE, QUESTIONS),
];
