/** Imports users with the password hashes of another server. */
import type * as z from 'zod';
import type { Deps } from '../../http/context.ts';
import { lowercaseEmail } from '../../protocol/email-address.ts';
import {
  type ImportedUserRow,
  importUsers,
  readDeletedUsers,
  readUsersInTheWay,
} from '../../storage/users/user-import.ts';
import { importedUserId } from './ids.ts';
import { exists, imported, refused } from './outcome.ts';
import type { ImportedUser, ImportOutcome, ImportUsersRequest } from './schemas.ts';

type Request = z.infer<typeof ImportUsersRequest>;
type UserToImport = { source_name: string; row: ImportedUserRow };

/** One outcome for each user. A user who exists is not changed. */
export async function importUserRecords(
  { databases, moment }: Deps,
  actor: string,
  { source, dry_run, users }: Request,
): Promise<ImportOutcome[]> {
  const sent = users.map((user) => ({ source_name: user.source_name, row: rowOf(source, user, moment.now) }));
  const rows = sent.map(({ row }) => row);
  const [inTheWay, deleted] = await Promise.all([
    readUsersInTheWay(databases, rows),
    readDeletedUsers(databases, rows),
  ]);
  const taken = { ids: new Set(inTheWay.map(({ id }) => id)), addresses: new Set(inTheWay.map(({ email }) => email)) };
  const decided = sent.map((one) => ({ ...one, outcome: outcomeOf(one, taken, deleted) }));
  const accepted = decided.filter(({ outcome }) => outcome.outcome === 'imported').map(({ row }) => row);
  if (dry_run || accepted.length === 0) return decided.map(({ outcome }) => outcome);
  const added = await importUsers(databases, moment, actor, source, accepted);
  return decided.map(({ row, outcome }) =>
    outcome.outcome === 'imported' && !added.has(row.id) ? refused(outcome.source_name, ADDRESS_TAKEN) : outcome,
  );
}

const ADDRESS_TAKEN = 'another account has this e-mail address';

/** Also claims id and address, so that the second of two users of a request with the same address is refused. */
function outcomeOf(
  { source_name, row: { id, email } }: UserToImport,
  taken: { ids: Set<string>; addresses: Set<string> },
  deleted: Set<string>,
): ImportOutcome {
  if (taken.ids.has(id)) return exists(source_name);
  if (taken.addresses.has(email)) return refused(source_name, ADDRESS_TAKEN);
  if (deleted.has(id)) return refused(source_name, 'it was imported before, and deleted here');
  taken.ids.add(id);
  taken.addresses.add(email);
  return imported(source_name);
}

const rowOf = (source: string, user: z.infer<typeof ImportedUser>, now: number): ImportedUserRow => ({
  id: importedUserId(source, user.source_name),
  email: lowercaseEmail(user.email),
  emailVerifiedAt: user.email_verified ? now : null,
  name: user.name,
  givenName: user.given_name ?? null,
  familyName: user.family_name ?? null,
  picture: user.picture ?? null,
  locale: user.locale ?? null,
  passwordHash: user.password_hash,
  roles: user.roles,
  disabledAt: user.disabled ? now : null,
});
