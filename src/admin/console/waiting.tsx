/** /console/codes and /console/devices: what waits for an application, or for a person. And ending it, after a question. */
import type { Context } from 'hono';
import { listCodes } from '../../storage/codes.ts';
import type { DeviceCode } from '../../storage/device-codes.ts';
import { listDeviceCodes } from '../../storage/lists.ts';
import type { Web } from '../../web/context.ts';
import { Minute } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { endCode, endDevice, findDevice, findWaitingCode, type WaitingCode } from '../acts/waiting.ts';
import { writeCursor } from '../parse.ts';
import { type ConsolePage, consolePage, type Operator, READERS } from './frame.tsx';
import { ClientLink, PersonLink } from './links.tsx';
import { List, listPage, listQuery, ROWS } from './list.tsx';
import { type Kind, questionPages } from './questions.tsx';

const CODES = '/console/codes';
const DEVICES = '/console/devices';

async function showCodes(c: Context<Web>, here: Operator) {
  const { codes, moment } = c.get('deps');
  const { codes: say } = wordsOf(c, 'consoleWaiting');
  const query = listQuery(c, ['issued']);
  // The cursor is KV's own.
  const { rows, next } = await listCodes(codes, moment.now, { after: query.after, most: ROWS });
  const ending = here.mayChange ? [{ label: say.column.end }] : [];
  return consolePage(
    c,
    here,
    { title: say.title, section: 'codes' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <p>
        <a href={DEVICES}>{say.toDevices}</a>
      </p>
      <List
        c={c}
        query={query}
        caption={say.title}
        columns={[
          ...[{ label: say.column.client }, { label: say.column.person }, { label: say.column.scopes }],
          ...[{ label: say.column.ends }, ...ending],
        ]}
        rows={rows.map((code) => [
          <ClientLink id={code.client} />,
          <PersonLink id={code.person} />,
          code.scopes.join(' '),
          <Minute time={code.expiresAt} />,
          ...ending.map(() => <a href={`${CODES}/${code.hash}/end`}>{say.end}</a>),
        ])}
        next={next}
      />
    </>,
  );
}

async function showDevices(c: Context<Web>, here: Operator) {
  const { databases, moment } = c.get('deps');
  const { devices: say } = wordsOf(c, 'consoleWaiting');
  const query = listQuery(c, ['ends']);
  const by = { sort: query.sort, descending: query.descending };
  const page = await listDeviceCodes(databases, by, moment.now, listPage(c));
  const ending = here.mayChange ? [{ label: say.column.end }] : [];
  return consolePage(
    c,
    here,
    { title: say.title, section: 'codes' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <p>
        <a href={CODES}>{say.toCodes}</a>
      </p>
      <List
        c={c}
        query={query}
        caption={say.title}
        columns={[
          ...[{ label: say.column.client }, { label: say.column.scopes }, { label: say.column.state }],
          ...[{ label: say.column.person }, { label: say.column.ends, sort: 'ends' as const }, ...ending],
        ]}
        rows={page.rows.map((device) => [
          <ClientLink id={device.clientId} />,
          device.scopes.join(' '),
          say.states[device.decision ?? 'pending'] ?? device.decision,
          device.personId === null ? '' : <PersonLink id={device.personId} />,
          <Minute time={device.expiresAt} />,
          ...ending.map(() => <a href={`${DEVICES}/${device.id}/end`}>{say.end}</a>),
        ])}
        next={writeCursor(page.next)}
        unreachable={page.unreachable}
      />
    </>,
  );
}

const CODE: Kind<WaitingCode> = {
  ...{ section: 'codes', path: `${CODES}/:hash`, back: () => CODES },
  find: (c) => findWaitingCode(c.get('deps'), c.req.param('hash') ?? ''),
};

const DEVICE: Kind<DeviceCode> = {
  ...{ section: 'codes', path: `${DEVICES}/:id`, back: () => DEVICES },
  find: (c) => findDevice(c.get('deps'), c.req.param('id') ?? ''),
};

export const WAITING_PAGES: readonly ConsolePage[] = [
  { path: CODES, section: 'codes', roles: READERS, listed: true, show: showCodes },
  { path: DEVICES, section: 'codes', roles: READERS, show: showDevices },
  ...questionPages(CODE, [
    {
      path: '/end',
      asks: (c) => wordsOf(c, 'consoleWaiting').codes.asking,
      async act({ c, here, row }) {
        await endCode(c.get('deps'), here.actor, row);
        return 'ended';
      },
    },
  ]),
  ...questionPages(DEVICE, [
    {
      path: '/end',
      asks: (c) => wordsOf(c, 'consoleWaiting').devices.asking,
      async act({ c, here, row }) {
        await endDevice(c.get('deps'), here.actor, row.id);
        return 'ended';
      },
    },
  ]),
];
