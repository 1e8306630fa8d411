/** GET /console/audit: the audit log in sentences. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { listEvents } from '../../storage/server/shard-lists.ts';
import { Select } from '../../ui/choice-fields.tsx';
import { Field } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Minute } from '../../ui/moment.tsx';
import { writeCursor } from '../query-parameters.ts';
import { Head } from './action-links.tsx';
import { AUDIT_EXPORT } from './audit-export.ts';
import { dayFilter, eventTypeFilter, namedBy, soughtBy } from './audit-query.ts';
import { type ConsoleUser, consolePage } from './console-page.tsx';
import { EventSentence, referencesOfEvents } from './event-sentence.tsx';
import { addressOf, List, listPage, listQuery } from './list.tsx';
import { WhichOne } from './matches.tsx';
import { namesFor } from './names.ts';

export const AUDIT = '/console/audit';

const typeChoices = ({ acts, anyType }: ReturnType<typeof textsOf<'consoleAudit'>>) => [
  { value: '', label: anyType },
  ...Object.keys(acts)
    .sort()
    .map((type) => ({ value: type, label: type })),
];

export async function showAudit(c: Context<Web>, here: ConsoleUser) {
  const { databases, settings } = c.get('deps');
  const say = textsOf(c, 'consoleAudit');
  const query = listQuery(c, ['at'], true);
  const by = { sort: query.sort, descending: query.descending };
  const { query: days, range, problems } = dayFilter(c);
  const found = await namedBy(c.get('deps'), query.search);
  const [only] = found;
  const type = eventTypeFilter(c);
  const sought = {
    ...(only && found.length === 1 ? { subject: only.id } : soughtBy(query.search)),
    ...(type && { type }),
  };
  const isWrong = Object.keys(problems).length > 0;
  const page = isWrong
    ? { rows: [], next: undefined, unreachable: [] }
    : await listEvents(databases, { ...by, ...sought, ...range }, listPage(c));
  const names = await namesFor(c.get('deps'), referencesOfEvents(page.rows));
  const isNarrowed = query.search !== '' || type !== undefined || days.from !== undefined || days.to !== undefined;
  const day = (name: 'from' | 'to') => (
    <Field
      name={name}
      label={say.days[name]}
      type="date"
      autocomplete="off"
      optional
      value={days[name]}
      hint={say.days.hint}
      error={problems[name]}
    />
  );
  return consolePage(
    c,
    here,
    { title: say.title, section: 'audit', status: isWrong ? 400 : 200 },
    <>
      <Head
        title={say.title}
        acts={[
          !isWrong && {
            label: isNarrowed ? say.exportFound : say.exportAll,
            href: addressOf(AUDIT_EXPORT, {
              q: (found.length === 1 ? only?.id : query.search) || undefined,
              type,
              ...days,
            }),
          },
        ]}
      />
      <p>{say.lead((await settings()).audit_days)}</p>
      {found.length > 1 && <WhichOne path={AUDIT} found={found} keep={{ ...days, type }} say={say.which} />}
      <List
        c={c}
        query={query}
        caption={say.title}
        search={say.search}
        more={{
          query: { ...days, type },
          fields: (
            <>
              <Select name="type" label={say.column.type} value={type} choices={typeChoices(say)} />
              {day('from')}
              {day('to')}
            </>
          ),
        }}
        columns={[
          { label: say.column.at, sort: 'at' },
          { label: say.column.event },
          { label: say.column.type },
          { label: say.column.detail },
        ]}
        rows={page.rows.map((event) => [
          <Minute time={event.at} />,
          <EventSentence event={event} names={names} say={say} />,
          <EventType type={event.type} />,
          Object.keys(event.detail).length === 0 ? '' : <code>{JSON.stringify(event.detail)}</code>,
        ])}
        next={writeCursor(page.next)}
        unreachable={page.unreachable}
      />
    </>,
  );
}

/** The name of an event type; a narrow column breaks the line behind the dot. */
function EventType({ type }: { type: string }) {
  const [noun, ...rest] = type.split('.');
  return (
    <>
      {noun}
      {rest.length > 0 && (
        <>
          .<wbr />
          {rest.join('.')}
        </>
      )}
    </>
  );
}
