/** GET /console/clients/:id/timeline: the connection timeline of a client and a user. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import type { Texts } from '../../locales/index.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { findUserByEmail } from '../../storage/users/users.ts';
import { DescriptionList } from '../../ui/components.tsx';
import { Field } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Minute } from '../../ui/moment.tsx';
import { ShortId, State } from '../../ui/names.tsx';
import { Table } from '../../ui/table.tsx';
import { CLIENTS } from '../operations/client-record.ts';
import { clientTimeline } from '../operations/client-timeline.ts';
import { requireClient } from '../operations/clients.ts';
import { namedRecord } from '../operations/record.ts';
import { CLIENT } from '../records/client-record.ts';
import type { ClientTimeline, TimelineStep } from '../records/timeline.ts';
import { type ConsolePage, type ConsoleUser, consolePage, READERS } from './console-page.tsx';
import { ClientLink, clientAddress, UserLink } from './links.tsx';
import { addressOf } from './list.tsx';
import { type Names, namesFor, References } from './names.ts';
import { RecordFrame } from './record-head.tsx';
import { onePath } from './record-parts.tsx';

type Say = Texts['consoleTimeline'];

/** The address of the timeline of a client, of one user or of the latest attempt. */
export const timelineAddress = (client: string, user?: string): string =>
  addressOf(`${clientAddress(client)}/timeline`, { user });

async function showTimeline(c: Context<Web>, here: ConsoleUser) {
  const deps = c.get('deps');
  const sent = (c.req.query('user') ?? '').trim().slice(0, 300);
  const client = await requireClient(deps, c.req.param('id') ?? '');
  const { timeline, isUnknown } = await readTimeline(c, client, sent);
  const names = await namesFor(deps, new References([timeline?.user ?? null], [client.id]));
  const say = textsOf(c, 'consoleTimeline');
  const title = say.title(client.metadata.client_name ?? client.id);
  return consolePage(
    c,
    here,
    { title, section: CLIENT.console.section, ...(isUnknown && { status: 404 }) },
    <RecordFrame
      definition={CLIENT}
      record={namedRecord(CLIENTS, client, deps)}
      here={here}
      say={textsOf(c, 'console')}
      tab="/timeline"
    >
      <h2>{say.heading}</h2>
      <p>{say.lead}</p>
      <search>
        <form class="search" method="get" action={timelineAddress(client.id)}>
          <Field
            name="user"
            type="text"
            autocomplete="off"
            optional
            value={sent}
            label={say.user}
            hint={say.userHint}
            error={isUnknown ? say.noUser : undefined}
          />
          <button type="submit" class="secondary">
            {say.show}
          </button>
        </form>
      </search>
      {timeline && <Timeline c={c} timeline={timeline} names={names} say={say} />}
    </RecordFrame>,
  );
}

/** The timeline; `isUnknown` where there is no such user. */
async function readTimeline(c: Context<Web>, client: Awaited<ReturnType<typeof requireClient>>, sent: string) {
  const deps = c.get('deps');
  const user = sent.includes('@') ? (await findUserByEmail(deps.databases, sent.toLowerCase()))?.id : sent || undefined;
  if (sent !== '' && user === undefined) return { isUnknown: true };
  try {
    return { timeline: await clientTimeline(deps, client, user), isUnknown: false };
  } catch (error) {
    if (error instanceof OAuthError && error.code === 'not_found') return { isUnknown: true };
    throw error;
  }
}

function Timeline(props: { c: Context<Web>; timeline: ClientTimeline; names: Names; say: Say }) {
  const { c, timeline, names, say } = props;
  const { client_id, user, grant, summary, steps, shards_that_did_not_answer: missing } = timeline;
  const common = { ...textsOf(c, 'console'), ...textsOf(c, 'layout') };
  return (
    <>
      {missing.length > 0 && <p class="warning">{common.partly(missing.join(', '))}</p>}
      <p role="status">
        <strong>{summary}</strong>
      </p>
      <DescriptionList
        facts={[
          [CLIENT.fields.client_id.label, <ClientLink id={client_id} names={names} />],
          [say.user, user === null ? say.nobody : <UserLink id={user} names={names} />],
          [say.grant, grant === null ? undefined : <ShortId id={grant} say={common} />],
        ]}
      />
      <Table
        caption={say.caption}
        columns={[say.column.step, say.column.state, say.column.at, say.column.text]}
        rows={steps.map(({ step, state, at, text }) => [
          say.steps[step],
          <State text={state} tone={TONES[state]} />,
          at === null ? '' : <Minute time={Date.parse(at)} />,
          text,
        ])}
      />
    </>
  );
}

const TONES: Partial<Record<TimelineStep['state'], 'good' | 'warn' | 'bad'>> = {
  done: 'good',
  waiting: 'warn',
  missing: 'bad',
  failed: 'bad',
};

export const CLIENT_TIMELINE_PAGE: ConsolePage = {
  path: `${onePath(CLIENT)}/timeline`,
  section: CLIENT.console.section,
  roles: READERS,
  show: showTimeline,
};
