/** The end of every sign-in method: a session, or the second factor before it. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { type FactorUser, hasSecondFactor, needsSecondFactor } from '../protocol/second-factor.ts';
import { ACCOUNT } from './account-page.tsx';
import { writePendingSignIn } from './pending-sign-in.ts';
import { SECOND_FACTOR_SIGN_IN } from './second-factor/paths.ts';
import { beginSession, type SessionAuthentication, type SigningInUser } from './session.ts';
import { openContinuation } from './sign-in-continuation.ts';
import { expiredPage } from './sign-in-problems.tsx';

/** The page after a sign-in: that of the sealed continuation, else `to`, by default the account page. */
export type NextPage = { sealed?: string | undefined; to?: string | undefined };

/**
 * Starts the session of a user who authenticated, where no second factor is needed or the authentication had one. Else
 * nothing is signed in yet, and the user is sent to the page of the second factor.
 * @returns the redirect to the next page.
 */
export async function completeSignIn(
  c: Context<Web>,
  user: SigningInUser & FactorUser & { name: string },
  authentication: SessionAuthentication,
  next: NextPage,
): Promise<Response> {
  if (needsSecondFactor(user) && !hasSecondFactor(authentication.amr)) {
    await writePendingSignIn(c, user, authentication, next.to);
    return c.redirect(secondFactorAddress(next.sealed), 303);
  }
  await beginSession(c, user, authentication);
  return redirectOnward(c, user, next);
}

/** The address of the page of the second factor, for a sealed continuation. */
export const secondFactorAddress = (sealed: string | undefined): string =>
  `${SECOND_FACTOR_SIGN_IN}${sealed ? `?continue=${sealed}` : ''}`;

/** Redirects to the page that needed the sign-in; an expired continuation has a page. */
export async function redirectOnward(c: Context<Web>, user: { name: string }, { sealed, to }: NextPage) {
  const continuation = await openContinuation(c.get('deps'), sealed);
  if (continuation === 'expired') return expiredPage(c, user.name);
  return c.redirect(continuation?.to ?? to ?? ACCOUNT, 303);
}
