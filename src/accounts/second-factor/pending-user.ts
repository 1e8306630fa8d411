/** The user of a pending sign-in, and its end: a session, or the first factor again. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { withSecondFactor } from '../../protocol/amr.ts';
import { findUser, type User } from '../../storage/users/users.ts';
import { withContinuation } from '../complete-sign-in.ts';
import { dropPendingSignIn, type PendingSignIn, readPendingSignIn } from '../pending-sign-in.ts';
import { beginSession } from '../session.ts';

/** A pending sign-in, and its user as they are now. */
type PendingUser = { pending: PendingSignIn; user: User };

/** The pending sign-in of this browser, while its user has the password that it began with, and is not disabled. */
export async function findPendingUser(c: Context<Web>): Promise<PendingUser | undefined> {
  const pending = await readPendingSignIn(c);
  const user = pending && (await findUser(c.get('deps').databases, pending.user));
  if (!user || user.disabledAt !== null) return undefined;
  const isCurrent = pending.passwordSetAt === null || pending.passwordSetAt === user.passwordSetAt;
  return isCurrent ? { pending, user } : undefined;
}

/** Starts the session, after the second factor. */
export async function finishPendingSignIn(c: Context<Web>, { pending, user }: PendingUser): Promise<void> {
  const { user: _, browser: __, until: ___, to: ____, amr, ...first } = pending;
  await beginSession(c, user, { ...first, amr: withSecondFactor(amr) });
  dropPendingSignIn(c);
}

/** Begins again with the first factor. */
export function restartSignIn(c: Context<Web>, sealed: string | undefined): Response {
  dropPendingSignIn(c);
  return c.redirect(withContinuation('/sign-in', sealed), 303);
}
