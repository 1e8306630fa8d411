/** /console/initial-tokens: what lets others register clients that manage themselves (RFC 7591 §3). */
import type { Context } from 'hono';
import {
  deleteInitialAccessToken,
  type InitialAccessToken,
  listInitialAccessTokens,
} from '../../storage/initial-access-tokens.ts';
import type { Web } from '../../web/context.ts';
import { Minute } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { addInitialToken, alterInitialToken, findInitialToken } from '../acts/initial-access-tokens.ts';
import { InitialAccessTokenChangesRequest, NewInitialAccessTokenRequest } from '../requests.ts';
import { ActLinks } from './act-links.tsx';
import { fieldsOf } from './forms/fields.tsx';
import { formPage, type RecordForm } from './forms/form.tsx';
import { CHANGERS, type ConsolePage, consolePage, doneAt, type Operator, READERS } from './frame.tsx';
import { List } from './list.tsx';
import { type Kind, questionPages } from './questions.tsx';
import { shortList } from './short-list.ts';
import { shownOnce } from './shown-once.tsx';

export const INITIAL_TOKENS = '/console/initial-tokens';
const addressOf = (id: string, below: string) => `${INITIAL_TOKENS}/${id}${below}`;

async function showAll(c: Context<Web>, here: Operator) {
  const { databases, moment } = c.get('deps');
  const say = wordsOf(c, 'consoleInitialTokens');
  const common = wordsOf(c, 'console');
  const { query, rows, next } = shortList(c, await listInitialAccessTokens(databases), {
    ...{ id: (token) => token.id, texts: (token) => [token.name, token.id] },
    sorts: { name: (token) => token.name, until: (token) => new Date(token.expiresAt).toISOString() },
  });
  return consolePage(
    c,
    here,
    { title: say.title, section: 'clients' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      {here.mayChange && <ActLinks main acts={[{ label: say.add, href: `${INITIAL_TOKENS}/new` }]} />}
      <List
        c={c}
        query={query}
        search={common.anywhere}
        caption={say.title}
        columns={[
          ...([{ label: say.column.name, sort: 'name' }, { label: say.column.uses }] as const),
          ...[{ label: say.column.until, sort: 'until' as const }],
          ...(here.mayChange ? [{ label: say.column.act }] : []),
        ]}
        rows={rows.map(({ id, name, usesLeft, expiresAt }) => [
          name,
          String(usesLeft),
          expiresAt > moment.now ? <Minute time={expiresAt} /> : say.over,
          ...(here.mayChange
            ? [
                <>
                  <a href={addressOf(id, '/edit')}>{common.change}</a> ·{' '}
                  <a href={addressOf(id, '/delete')}>{common.delete}</a>
                </>,
              ]
            : []),
        ])}
        next={next}
      />
    </>,
  );
}

function newForm(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleInitialTokens');
  return {
    ...{ section: 'clients', title: say.add, lead: say.lead, submit: say.submit, back: INITIAL_TOKENS },
    ...{ schema: NewInitialAccessTokenRequest, labels: say.fields, suggested: { uses: 1, days: 7 } },
    fields: fieldsOf(NewInitialAccessTokenRequest, 'name', 'uses', 'days'),
    async send(request) {
      const { name, text } = await addInitialToken(c.get('deps'), here.actor, request);
      const done = { title: say.made(name), once: say.once, label: say.token, secret: text };
      return shownOnce(c, here, { section: 'clients', ...done, go: INITIAL_TOKENS });
    },
  } satisfies RecordForm<typeof NewInitialAccessTokenRequest>;
}

async function editForm(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleInitialTokens');
  const token = await tokenOf(c);
  return {
    ...{ section: 'clients', title: say.change(token.name), lead: say.changing, back: INITIAL_TOKENS },
    ...{ submit: wordsOf(c, 'console').save, schema: InitialAccessTokenChangesRequest, labels: say.fields },
    fields: fieldsOf(InitialAccessTokenChangesRequest, 'name', 'uses', 'days'),
    record: { name: token.name, uses: token.usesLeft },
    async send(changes) {
      await alterInitialToken(c.get('deps'), here.actor, token.id, changes);
      return doneAt(c, INITIAL_TOKENS, 'saved');
    },
  } satisfies RecordForm<typeof InitialAccessTokenChangesRequest>;
}

const tokenOf = (c: Context<Web>) => findInitialToken(c.get('deps'), c.req.param('id') ?? '');

const ONE: Kind<InitialAccessToken> = {
  ...{ section: 'clients', path: `${INITIAL_TOKENS}/:id`, back: () => INITIAL_TOKENS, find: tokenOf },
};

export const INITIAL_TOKEN_PAGES: readonly ConsolePage[] = [
  { path: INITIAL_TOKENS, section: 'clients', roles: READERS, show: showAll },
  {
    ...{ path: `${INITIAL_TOKENS}/new`, section: 'clients', roles: CHANGERS, fresh: true },
    ...formPage(newForm),
  },
  { path: `${ONE.path}/edit`, section: 'clients', roles: CHANGERS, ...formPage(editForm) },
  ...questionPages(ONE, [
    {
      path: '/delete',
      asks: (c, { name }) => wordsOf(c, 'consoleInitialTokens').asking(name),
      async act({ c, here, row }) {
        const { databases, moment } = c.get('deps');
        await deleteInitialAccessToken(databases, moment, here.actor, row.id);
        return 'deleted';
      },
    },
  ]),
];
