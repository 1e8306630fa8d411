/** /console/users: what the pages of users have beside their definition: sign-in methods, applications, and the export. */
import type { Context } from 'hono';
import { jsonFile } from '../../http/api/json-file.ts';
import type { Web } from '../../http/context.ts';
import type { Texts } from '../../locales/index.ts';
import { type Application, listApplications } from '../../storage/grants/consents.ts';
import { OLDEST_FIRST } from '../../storage/server/list-query.ts';
import { listIdentities } from '../../storage/server/lists.ts';
import { listPasskeys, type Passkey } from '../../storage/users/passkeys.ts';
import type { Identity } from '../../storage/users/user-identities.ts';
import type { User } from '../../storage/users/users.ts';
import { Pagination, Table } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Day } from '../../ui/moment.tsx';
import { State } from '../../ui/names.tsx';
import { USERS } from '../operations/user-record.ts';
import { exportUserData, requireUserId } from '../operations/users.ts';
import type { Shown } from '../records/field.ts';
import { LINKED_IDENTITY } from '../records/linked-identity.ts';
import { AUDIT } from './audit.tsx';
import { timelineAddress } from './client-timeline.tsx';
import { type ConsolePage, type Operator, READERS } from './console-page.tsx';
import { ClientLink, userAddress } from './links.tsx';
import { addressOf } from './list.tsx';
import { type Names, namesFor, References } from './names.ts';
import { recordPages } from './record-pages.tsx';
import { type ReadRecord, recordAddress } from './record-parts.tsx';

/** The latest of each; lists of their own have the others. */
const MOST = 20;

type Say = ReturnType<typeof textsOf<'consoleUsers'>>;
type Props = { user: User; here: Operator; say: Say };

async function detail(c: Context<Web>, here: Operator, reading: Promise<ReadRecord<User>>) {
  const { databases, moment, settings } = c.get('deps');
  const id = requireUserId(c.req.param('id'));
  const of = { user: id, ...OLDEST_FIRST };
  const asked = { after: undefined, most: MOST };
  const after = c.req.query('after');
  const [{ row: user }, listed, passkeys, identities] = await Promise.all([
    reading,
    settings().then((values) => listApplications(databases, id, moment.now, values, { after, most: MOST })),
    listPasskeys(databases, id),
    listIdentities(databases, of, asked),
  ]);
  const clients = listed.applications.map(({ clientId }) => clientId);
  const names = await namesFor(c.get('deps'), new References([], clients));
  const say = textsOf(c, 'consoleUsers');
  const common = textsOf(c, 'console');
  const props = { user, here, say };
  const { next } = listed;
  return (
    <>
      <p>
        <a href={addressOf(AUDIT, { q: id })}>{say.audit}</a>
        {here.mayChange && (
          <>
            {' · '}
            <a href={userAddress(id, '/export')}>{say.export}</a>
          </>
        )}
      </p>
      <h2>{say.ways.title}</h2>
      <Ways {...props} passkeys={passkeys} identities={identities.rows} />
      {listed.unreachable.length > 0 && <p class="warning">{common.partly(listed.unreachable.join(', '))}</p>}
      <h2>{say.grants.title}</h2>
      <Applications
        {...props}
        applications={listed.applications}
        names={names}
        timeline={textsOf(c, 'consoleTimeline')}
      />
      <Pagination
        label={say.grants.title}
        first={after === undefined ? undefined : { href: userAddress(id), label: common.first }}
        next={
          next === undefined ? undefined : { href: addressOf(userAddress(id), { after: next }), label: common.next }
        }
      />
    </>
  );
}

/** The sign-in methods of the user: each except the password can be removed. */
function Ways(props: Props & { passkeys: readonly Passkey[]; identities: readonly Identity[] }) {
  const { user, here, say, passkeys, identities } = props;
  const remove = (href: string) => (here.mayChange ? <a href={href}>{say.ways.remove}</a> : '');
  const used = (time: number | null) => (time === null ? '' : <Day time={time} />);
  const rows = [
    ...(user.passwordHash === null ? [] : [[say.ways.password, '', '', '']]),
    ...passkeys.map((one) => [
      say.ways.passkey,
      one.name,
      used(one.lastUsedAt),
      remove(userAddress(user.id, `/passkeys/${one.id}`)),
    ]),
    ...identities.map((one) => [
      say.ways.elsewhere(one.loginId),
      one.account ?? one.subject,
      used(one.lastUsedAt),
      remove(recordAddress(LINKED_IDENTITY, { id: one.id }, '/delete')),
    ]),
  ];
  if (rows.length === 0) return <p>{say.ways.none}</p>;
  const { what, which, lastUsed, end } = say.ways.column;
  const columns = [what, which, lastUsed, ...(here.mayChange ? [end] : [])];
  return <Table caption={say.ways.caption} columns={columns} rows={rows.map((row) => row.slice(0, columns.length))} />;
}

function Applications(
  props: Props & { applications: readonly Application[]; names: Names; timeline: Texts['consoleTimeline'] },
) {
  const { user, here, say, applications, names, timeline } = props;
  if (applications.length === 0) return <p>{say.grants.none}</p>;
  const end = (client: string) => userAddress(user.id, `/consents/${encodeURIComponent(client)}`);
  return (
    <Table
      caption={say.grants.caption}
      columns={[
        say.grants.client,
        say.grants.scopes,
        say.grants.since,
        say.grants.lastUsed,
        timeline.heading,
        ...(here.mayChange ? [say.grants.withdraw] : []),
      ]}
      rows={applications.map(({ clientId, scopes, since, lastUsedAt }) => [
        <ClientLink id={clientId} names={names} />,
        scopes.join(' '),
        <Day time={since} />,
        <Day time={lastUsedAt} />,
        <a href={timelineAddress(clientId, user.id)}>{timeline.ofUser}</a>,
        ...(here.mayChange ? [<a href={end(clientId)}>{say.grants.end}</a>] : []),
      ])}
    />
  );
}

/** The state of a user in the list. */
function stateOf(c: Context<Web>, { disabled, deletion_due_at: due }: Shown) {
  const { state: say } = textsOf(c, 'consoleUsers');
  if (due !== null) return <State text={say.deleting} tone="bad" />;
  return disabled === true ? <State text={say.disabled} tone="bad" /> : <State text={say.enabled} />;
}

/** GET /console/users/:id/export: everything that is stored about the user, as one file. */
async function exportOne(c: Context<Web>, here: Operator) {
  return jsonFile(c, await exportUserData(c.get('deps'), here.actor, c.req.param('id') ?? ''));
}

export const USER_PAGES: readonly ConsolePage[] = [
  ...recordPages(USERS, { detail, cells: { disabled: stateOf } }),
  { path: userAddress(':id', '/export'), section: 'users', roles: READERS, show: exportOne },
];
