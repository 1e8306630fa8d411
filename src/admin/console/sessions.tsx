/** GET /console/sessions: who is signed in where, or was. And ending one, after a question. */
import type { Context } from 'hono';
import { deviceName } from '../../identity/device-name.ts';
import type { SessionId } from '../../protocol/credentials.ts';
import { listSessions } from '../../storage/lists.ts';
import type { Web } from '../../web/context.ts';
import { Minute } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { endSession } from '../acts/people.ts';
import { writeCursor } from '../parse.ts';
import { type ConsolePage, consolePage, type Operator, READERS } from './frame.tsx';
import { PersonLink } from './links.tsx';
import { List, listPage, listQuery } from './list.tsx';
import { type Kind, questionPages } from './questions.tsx';

export const SESSIONS = '/console/sessions';

async function showAll(c: Context<Web>, here: Operator) {
  const { databases, moment, settings } = c.get('deps');
  const say = wordsOf(c, 'consoleSessions');
  const query = listQuery(c, ['signed_in'], true);
  const by = { sort: query.sort, descending: query.descending, person: query.search || undefined };
  const page = await listSessions(databases, by, moment.now, await settings(), listPage(c));
  const ending = here.mayChange ? [{ label: say.column.end }] : [];
  return consolePage(
    c,
    here,
    { title: say.title, section: 'people' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <List
        c={c}
        query={query}
        caption={say.title}
        search={say.search}
        columns={[
          ...[{ label: say.column.person }, { label: say.column.device }],
          ...[{ label: say.column.since, sort: 'signed_in' as const }, { label: say.column.seen }],
          ...[{ label: say.column.state }, ...ending],
        ]}
        rows={page.rows.map((session) => [
          <PersonLink id={session.personId} />,
          deviceName(session.userAgent, wordsOf(c, 'sessions')),
          <Minute time={session.authTime} />,
          <Minute time={session.lastSeenAt} />,
          say.states[page.over.get(session.id) ?? 'active'],
          ...ending.map(() =>
            page.over.has(session.id) ? '' : <a href={`${SESSIONS}/${session.id}/end`}>{say.end}</a>,
          ),
        ])}
        next={writeCursor(page.next)}
        unreachable={page.unreachable}
      />
    </>,
  );
}

const ONE: Kind<SessionId> = {
  ...{ section: 'people', path: `${SESSIONS}/:id`, back: () => SESSIONS },
  find: async (c) => (c.req.param('id') ?? '') as SessionId,
};

export const SESSION_PAGES: readonly ConsolePage[] = [
  { path: SESSIONS, section: 'people', roles: READERS, show: showAll },
  ...questionPages(ONE, [
    {
      path: '/end',
      asks: (c) => wordsOf(c, 'consoleSessions').asking,
      async act({ c, here, row }) {
        await endSession(c.get('deps'), here.actor, row);
        return 'ended';
      },
    },
  ]),
];
