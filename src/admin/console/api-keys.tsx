/** /console/api-keys: the keys by which scripts act as people; making one for somebody, and revoking one. */
import type { Context } from 'hono';
import { showNewApiKey } from '../../protocol/api-key.ts';
import type { ApiKey } from '../../storage/api-keys.ts';
import { listKeys } from '../../storage/lists.ts';
import type { Web } from '../../web/context.ts';
import { Day } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { addApiKey, endApiKey, findApiKey } from '../acts/api-keys.ts';
import { writeCursor } from '../parse.ts';
import { NewApiKeyForRequest } from '../requests.ts';
import { ActLinks } from './act-links.tsx';
import { fieldsOf } from './forms/fields.tsx';
import { formPage, type RecordForm } from './forms/form.tsx';
import { CHANGERS, type ConsolePage, consolePage, type Operator, READERS } from './frame.tsx';
import { PersonLink } from './links.tsx';
import { List, listPage, listQuery } from './list.tsx';
import { type Kind, questionPages } from './questions.tsx';
import { shownOnce } from './shown-once.tsx';

export const API_KEYS = '/console/api-keys';

async function showAll(c: Context<Web>, here: Operator) {
  const { databases, moment } = c.get('deps');
  const say = wordsOf(c, 'consoleApiKeys');
  const query = listQuery(c, ['created']);
  const person = query.search || undefined;
  const by = { sort: query.sort, descending: query.descending };
  const page = await listKeys(databases, { ...by, person }, moment.now, listPage(c));
  const ending = here.mayChange ? [{ label: say.column.end }] : [];
  const add = `${API_KEYS}/new${person ? `?person=${encodeURIComponent(person)}` : ''}`;
  return consolePage(
    c,
    here,
    { title: say.title, section: 'people' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <ActLinks main acts={[here.mayChange && { label: say.add, href: add }]} />
      <List
        c={c}
        query={query}
        caption={say.title}
        search={say.search}
        columns={[
          ...[{ label: say.column.name }, { label: say.column.person }, { label: say.column.scopes }],
          ...[{ label: say.column.since, sort: 'created' as const }, { label: say.column.until }],
          ...[{ label: say.column.lastUsed }, ...ending],
        ]}
        rows={page.rows.map((key) => [
          key.name,
          <PersonLink id={key.personId} />,
          key.scopes.join(' '),
          <Day time={key.createdAt} />,
          <Day time={key.expiresAt} />,
          key.lastUsedAt === null ? wordsOf(c, 'console').never : <Day time={key.lastUsedAt} />,
          ...ending.map(() => <a href={`${API_KEYS}/${key.id}/end`}>{say.end}</a>),
        ])}
        next={writeCursor(page.next)}
      />
    </>,
  );
}

function newForm(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleApiKeys');
  return {
    ...{ section: 'people', title: say.add, lead: say.adding, submit: say.submit, back: API_KEYS },
    ...{ schema: NewApiKeyForRequest, labels: say.fields },
    suggested: { person: c.req.query('person'), days: 90 },
    fields: fieldsOf(NewApiKeyForRequest, 'person', 'name', 'scope', 'days'),
    async send(request) {
      const { key, secret } = await addApiKey(c.get('deps'), here.actor, request);
      const { authorization } = showNewApiKey(key, secret);
      const made = { title: say.made(key.name), once: say.once, label: say.header, secret: authorization };
      return shownOnce(c, here, { section: 'people', ...made, go: API_KEYS });
    },
  } satisfies RecordForm<typeof NewApiKeyForRequest>;
}

const ONE: Kind<ApiKey> = {
  ...{ section: 'people', path: `${API_KEYS}/:id`, back: () => API_KEYS },
  find: (c) => findApiKey(c.get('deps'), c.req.param('id') ?? ''),
};

export const API_KEY_PAGES: readonly ConsolePage[] = [
  { path: API_KEYS, section: 'people', roles: READERS, show: showAll },
  { path: `${API_KEYS}/new`, section: 'people', roles: CHANGERS, fresh: true, ...formPage(newForm) },
  ...questionPages(ONE, [
    {
      path: '/end',
      asks: (c, { name }) => wordsOf(c, 'consoleApiKeys').asking(name),
      async act({ c, here, row }) {
        await endApiKey(c.get('deps'), here.actor, row.id);
        return 'ended';
      },
    },
  ]),
];
