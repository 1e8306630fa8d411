/** GET /console/people: who has an account. And /console/people/new: adding somebody, with a link to hand over. */
import type { Context } from 'hono';
import type { PersonId } from '../../protocol/credentials.ts';
import { listPeople } from '../../storage/lists.ts';
import { findPerson as findRow } from '../../storage/people.ts';
import type { Web } from '../../web/context.ts';
import { Day } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { addPerson } from '../acts/people.ts';
import { writeCursor } from '../parse.ts';
import { NewPersonRequest } from '../requests.ts';
import { ActLinks } from './act-links.tsx';
import { API_KEYS } from './api-keys.tsx';
import { fieldsOf } from './forms/fields.tsx';
import { formPage, type RecordForm } from './forms/form.tsx';
import { CHANGERS, type ConsolePage, consolePage, type Operator, READERS } from './frame.tsx';
import { PEOPLE, personAddress } from './links.tsx';
import { List, listPage, listQuery } from './list.tsx';
import { SESSIONS } from './sessions.tsx';
import { shownOnce } from './shown-once.tsx';

async function showAll(c: Context<Web>, here: Operator) {
  const { databases } = c.get('deps');
  const query = listQuery(c, ['created', 'name', 'email'], true);
  const say = wordsOf(c, 'consolePeople');
  const { search } = query;
  const sought = search === '' ? {} : search.includes('@') ? { email: search.toLowerCase() } : { name: search };
  const [one, list] = await Promise.all([
    search.startsWith('u_') ? findRow(databases, search as PersonId) : undefined,
    listPeople(databases, { ...query, ...sought }, listPage(c)),
  ]);
  const { rows, next } = one ? { rows: [one], next: undefined } : list;
  return consolePage(
    c,
    here,
    { title: say.title, section: 'people' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <p>
        <a href={SESSIONS}>{say.toSessions}</a> · <a href={API_KEYS}>{say.toApiKeys}</a>
      </p>
      <ActLinks main acts={[here.mayChange && { label: say.add, href: `${PEOPLE}/new` }]} />
      <List
        c={c}
        query={query}
        caption={say.title}
        columns={[
          { label: say.column.name, sort: 'name' },
          { label: say.column.email, sort: 'email' },
          { label: say.column.roles },
          { label: say.column.created, sort: 'created' },
          { label: say.column.state },
        ]}
        rows={rows.map((person) => [
          <a href={personAddress(person.id)}>{person.name}</a>,
          person.email,
          person.roles.join(', '),
          <Day time={person.createdAt} />,
          person.disabledAt === null ? say.state.on : say.state.disabled,
        ])}
        search={say.search}
        next={writeCursor(next)}
      />
    </>,
  );
}

function newForm(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consolePeople');
  return {
    ...{ section: 'people', title: say.add, lead: say.adding, submit: say.addSubmit, back: PEOPLE },
    ...{ schema: NewPersonRequest, labels: say.fields },
    fields: fieldsOf(NewPersonRequest, 'email', 'name', 'roles', 'given_name', 'family_name', 'picture'),
    async send(request) {
      const { person, invitation } = await addPerson(c.get('deps'), here.actor, request, wordsOf(c, 'mail'));
      return linkPage(c, here, person.id, say.added(person.name), invitation);
    },
  } satisfies RecordForm<typeof NewPersonRequest>;
}

/** The page that shows a one-time link, this once. */
export function linkPage(
  c: Context<Web>,
  here: Operator,
  id: PersonId,
  title: string,
  { link, mailed }: { link: string; mailed: boolean },
) {
  const say = wordsOf(c, 'consolePeople');
  const once = mailed ? say.linkMailed : say.linkOnce;
  return shownOnce(c, here, { section: 'people', title, once, label: say.link, secret: link, go: personAddress(id) });
}

export const PEOPLE_PAGES: readonly ConsolePage[] = [
  { path: PEOPLE, section: 'people', roles: READERS, listed: true, show: showAll },
  { path: `${PEOPLE}/new`, section: 'people', roles: CHANGERS, fresh: true, ...formPage(newForm) },
];
