/** The sign-in methods of a user on their page. */
import type { Passkey } from '../../storage/users/passkeys.ts';
import type { Identity } from '../../storage/users/user-identities.ts';
import type { User } from '../../storage/users/users.ts';
import type { textsOf } from '../../ui/locale.ts';
import { Day } from '../../ui/moment.tsx';
import { Table } from '../../ui/table.tsx';
import { LINKED_IDENTITY } from '../records/linked-identity.ts';
import type { ConsoleUser } from './console-page.tsx';
import { userAddress } from './links.tsx';
import { recordAddress } from './record-parts.tsx';

type Say = ReturnType<typeof textsOf<'consoleUsers'>>;

export type Props = { user: User; here: ConsoleUser; say: Say };

/** The sign-in methods of the user: each except the password can be removed. */
export function Ways(props: Props & { passkeys: readonly Passkey[]; identities: readonly Identity[] }) {
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
