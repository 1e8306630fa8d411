/** /console/users: what the pages of users have beside their definition: sign-in methods, applications, and the export. */
import type { Context } from 'hono';
import { jsonFile } from '../../http/api/json-file.ts';
import type { Web } from '../../http/context.ts';
import type { Texts } from '../../locales/index.ts';
import { type Application, listApplications } from '../../storage/grants/applications.ts';
import { OLDEST_FIRST } from '../../storage/server/list-query.ts';
import { listIdentities } from '../../storage/server/lists.ts';
import { listPasskeys } from '../../storage/users/passkeys.ts';
import type { User } from '../../storage/users/users.ts';
import { Pagination } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Day } from '../../ui/moment.tsx';
import { State } from '../../ui/names.tsx';
import { Table } from '../../ui/table.tsx';
import { USERS } from '../operations/user-record.ts';
import { exportUserData, requireUserId } from '../operations/users.ts';
import type { RecordValues } from '../records/field.ts';
import { AUDIT } from './audit.tsx';
import { timelineAddress } from './client-timeline.tsx';
import { type ConsolePage, type ConsoleUser, READERS } from './console-page.tsx';
import { ClientLink, userAddress } from './links.tsx';
import { addressOf } from './list.tsx';
import { type Names, namesFor, References } from './names.ts';
import { recordPages } from './record-pages.tsx';
import type { ReadRecord } from './record-parts.tsx';
import { type Props, Ways } from './user-sign-in-methods.tsx';

/** The latest of each; lists of their own have the others. */
const MOST = 20;

async function detail(c: Context<Web>, here: ConsoleUser, reading: Promise<ReadRecord<User>>) {
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
        timeline.ofUser,
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
function stateOf(c: Context<Web>, { disabled, deletion_due_at: due }: RecordValues) {
  const { state: say } = textsOf(c, 'consoleUsers');
  if (due !== null) return <State text={say.deleting} tone="bad" />;
  return disabled === true ? <State text={say.disabled} tone="bad" /> : <State text={say.enabled} />;
}

/** GET /console/users/:id/export: everything that is stored about the user, as one file. */
async function exportOne(c: Context<Web>, here: ConsoleUser) {
  return jsonFile(c, await exportUserData(c.get('deps'), here.actor, c.req.param('id') ?? ''));
}

export const USER_PAGES: readonly ConsolePage[] = [
  ...recordPages(USERS, { detail, cells: { disabled: stateOf } }),
  { path: userAddress(':id', '/export'), section: 'users', roles: READERS, show: exportOne },
];
