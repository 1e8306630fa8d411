/** Imports linked accounts at identity providers, for users who were imported from the same source. */
import type * as z from 'zod';
import type { Deps } from '../../http/context.ts';
import { findSocialLoginFromPrimary } from '../../storage/providers/social-logins.ts';
import { linkIdentity } from '../../storage/users/link-identity.ts';
import { findByIdentity, wasLinked } from '../../storage/users/user-identities.ts';
import { importedIdentityId, importedUserId } from './ids.ts';
import { eachInTurn, exists, imported, refused } from './outcome.ts';
import type { ImportedIdentity, ImportIdentitiesRequest, ImportOutcome } from './schemas.ts';

type Identity = z.infer<typeof ImportedIdentity>;

/** One outcome for each linked account, by the name of its user. An account that is linked to a user stays theirs. */
export const importIdentityRecords = (
  deps: Deps,
  actor: string,
  { source, dry_run, identities }: z.infer<typeof ImportIdentitiesRequest>,
): Promise<ImportOutcome[]> =>
  eachInTurn(identities, (identity) => (dry_run ? dryRun(deps, identity) : link(deps, actor, source, identity)));

/** A dry run imports neither users nor social logins: what is there already is all that it can know. */
async function dryRun({ databases }: Deps, { user, login, subject }: Identity): Promise<ImportOutcome> {
  const issuer = (await findSocialLoginFromPrimary(databases, login))?.issuer;
  const known = issuer ? await findByIdentity(databases, { loginId: login, issuer, subject }) : undefined;
  return known ? exists(user) : imported(user);
}

async function link(
  { databases, moment }: Deps,
  actor: string,
  source: string,
  { user, login, subject, account }: Identity,
): Promise<ImportOutcome> {
  const issuer = (await findSocialLoginFromPrimary(databases, login))?.issuer;
  if (!issuer) return refused(user, `there is no social login ${login}, or it has no issuer yet`);
  if (await findByIdentity(databases, { loginId: login, issuer, subject })) return exists(user);
  const id = importedIdentityId(source, [login, subject]);
  const userId = importedUserId(source, user);
  if (await wasLinked(databases, { id, userId })) return refused(user, 'it was imported before, and unlinked here');
  const identity = { id, loginId: login, issuer, subject, userId, account: account ?? null };
  const linked = await linkIdentity(databases, moment, actor, identity);
  return linked ? imported(user) : refused(user, 'its user was not imported, or is disabled');
}
