/** GET /console/people/:id: somebody, how they sign in, and what they let applications do. */
import type { Context } from 'hono';
import type { ConnectionRow } from '../../storage/connections.ts';
import { listConnections, listGrants, listIdentities, OLDEST_FIRST } from '../../storage/lists.ts';
import { listPasskeys, type Passkey } from '../../storage/passkeys.ts';
import type { Person } from '../../storage/people.ts';
import type { Identity } from '../../storage/person-identities.ts';
import type { Web } from '../../web/context.ts';
import { Day, Facts, Table } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { findPerson } from '../acts/people.ts';
import { ActLinks } from './act-links.tsx';
import { API_KEYS } from './api-keys.tsx';
import { AUDIT } from './audit.tsx';
import { LATEST_GRANTS } from './client-parts.tsx';
import { consolePage, type Operator } from './frame.tsx';
import { ClientLink, personAddress } from './links.tsx';
import { addressOf } from './list.tsx';
import { SESSIONS } from './sessions.tsx';
import { GRANTS, TOKENS } from './tokens.tsx';

/** The latest of each; what there is beyond has lists of its own. */
const MOST = 20;

type Say = ReturnType<typeof wordsOf<'consolePeople'>>;
type Props = { person: Person; here: Operator; say: Say };

export async function showPerson(c: Context<Web>, here: Operator) {
  const { databases, moment, settings } = c.get('deps');
  const of = { person: c.req.param('id') ?? '' };
  const asked = { after: undefined, most: MOST };
  const [person, grants, passkeys, identities, connections] = await Promise.all([
    findPerson(c.get('deps'), of.person),
    settings().then((values) => listGrants(databases, { ...of, ...LATEST_GRANTS }, moment.now, values, asked)),
    listPasskeys(databases, of.person as Person['id']),
    listIdentities(databases, { ...of, ...OLDEST_FIRST }, asked),
    listConnections(databases, { ...of, ...OLDEST_FIRST }, asked),
  ]);
  const say = wordsOf(c, 'consolePeople');
  const common = wordsOf(c, 'console');
  const props = { person, here, say };
  return consolePage(
    c,
    here,
    { title: person.name, section: 'people' },
    <>
      <h1>{person.name}</h1>
      {person.disabledAt !== null && <p class="warning">{say.isDisabled}</p>}
      <About {...props} yes={common.yes} no={common.no} />
      {here.mayChange && <Acts {...props} />}
      <p>
        <a href={addressOf(SESSIONS, { q: person.id })}>{say.to.sessions}</a> ·{' '}
        <a href={addressOf(GRANTS, { q: person.id })}>{say.to.grants}</a> ·{' '}
        <a href={addressOf(TOKENS, { q: person.id })}>{say.to.tokens}</a> ·{' '}
        <a href={addressOf(API_KEYS, { q: person.id })}>{say.to.apiKeys}</a> ·{' '}
        <a href={addressOf(AUDIT, { q: person.id })}>{say.to.audit}</a>
      </p>
      <h2>{say.ways.title}</h2>
      <Ways {...props} passkeys={passkeys} identities={identities.rows} />
      {grants.unreachable.length > 0 && <p class="warning">{common.partly(grants.unreachable.join(', '))}</p>}
      <h2>{say.grants.title}</h2>
      <Applications {...props} grants={grants.rows.filter(({ id }) => !grants.over.has(id))} />
      {connections.rows.length > 0 && <Connections {...props} connections={connections.rows} />}
    </>,
  );
}

function About({ person, say, yes, no }: Props & { yes: string; no: string }) {
  return (
    <Facts
      facts={[
        [say.fact.id, <code>{person.id}</code>],
        [say.fact.email, person.email],
        [say.fact.verified, person.emailVerifiedAt === null ? no : yes],
        [say.fact.given, person.givenName ?? undefined],
        [say.fact.family, person.familyName ?? undefined],
        [say.fact.picture, person.picture ?? undefined],
        [say.fact.roles, person.roles.join(', ') || say.fact.noRoles],
        [say.fact.created, <Day time={person.createdAt} />],
      ]}
    />
  );
}

function Acts({ person, say }: Props) {
  const isOn = person.disabledAt === null;
  const at = (below: string, label: string) => ({ label, href: personAddress(person.id, below) });
  return (
    <ActLinks
      acts={[
        at('/edit', say.acts.edit),
        isOn && at('/invite', say.acts.invite),
        isOn && at('/sign-out', say.acts.signOut),
        isOn && at('/end', say.acts.end),
        at('/disable', isOn ? say.acts.disable : say.acts.enable),
      ]}
    />
  );
}

/** How they sign in: each way but the password can be taken away. */
function Ways(props: Props & { passkeys: readonly Passkey[]; identities: readonly Identity[] }) {
  const { person, here, say, passkeys, identities } = props;
  const remove = (below: string) =>
    here.mayChange ? <a href={personAddress(person.id, below)}>{say.ways.remove}</a> : '';
  const used = (time: number | null) => (time === null ? '' : <Day time={time} />);
  const rows = [
    ...(person.passwordHash === null ? [] : [[say.ways.password, '', '', '']]),
    ...passkeys.map((one) => [say.ways.passkey, one.name, used(one.lastUsedAt), remove(`/passkeys/${one.id}`)]),
    ...identities.map((one) => [
      ...[say.ways.elsewhere(one.loginId), one.account ?? one.subject, used(one.lastUsedAt)],
      remove(`/identities/${one.id}`),
    ]),
  ];
  if (rows.length === 0) return <p>{say.ways.none}</p>;
  const { what, which, lastUsed, end } = say.ways.column;
  const columns = [what, which, lastUsed, ...(here.mayChange ? [end] : [])];
  return <Table caption={say.ways.caption} columns={columns} rows={rows.map((row) => row.slice(0, columns.length))} />;
}

type Grants = Awaited<ReturnType<typeof listGrants>>['rows'];

function Applications({ person, here, say, grants }: Props & { grants: Grants }) {
  if (grants.length === 0) return <p>{say.grants.none}</p>;
  const end = (client: string) => addressOf(personAddress(person.id, '/withdraw'), { client });
  return (
    <Table
      caption={say.grants.latest(MOST)}
      columns={[
        ...[say.grants.client, say.grants.scopes, say.grants.since, say.grants.lastUsed],
        ...(here.mayChange ? [say.grants.withdraw] : []),
      ]}
      rows={grants.map((grant) => [
        <ClientLink id={grant.clientId} />,
        grant.scopes.join(' '),
        <Day time={grant.createdAt} />,
        <Day time={grant.rotatedAt} />,
        ...(here.mayChange ? [<a href={end(grant.clientId)}>{say.grants.end}</a>] : []),
      ])}
    />
  );
}

function Connections({ say, connections }: Props & { connections: readonly ConnectionRow[] }) {
  return (
    <>
      <h2>{say.connections.title}</h2>
      <Table
        caption={say.connections.caption}
        columns={[say.connections.app, say.connections.account, say.connections.since]}
        rows={connections.map((one) => [one.appId, one.account ?? '', <Day time={one.createdAt} />])}
      />
    </>
  );
}
