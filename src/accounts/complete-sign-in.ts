/** The end of every sign-in method: a session, or the second factor before it. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { AMR_REMEMBERED_BROWSER } from '../protocol/amr.ts';
import { type FactorUser, hasSecondFactor, needsSecondFactor } from '../protocol/second-factor.ts';
import { ACCOUNT } from './account-page.tsx';
import { writePendingSignIn } from './pending-sign-in.ts';
import { SECOND_FACTOR_SET_UP, SECOND_FACTOR_SIGN_IN } from './second-factor/paths.ts';
import { acceptsRemembered, isRememberedFor } from './second-factor/remembered-browser.ts';
import { beginSession, type SessionAuthentication, type SigningInUser } from './session.ts';
import { openContinuation } from './sign-in-continuation.ts';
import { expiredPage } from './sign-in-problems.tsx';

/** The page after a sign-in: that of the sealed continuation, else `to`, by default the account page. */
export type NextPage = { sealed?: string | undefined; to?: string | undefined };

/**
 * Starts the session of a user who authenticated, where no second factor is needed, the authentication had one, or the
 * browser is remembered. Else nothing is signed in yet, and the user is sent to the page of the second factor, or sets one
 * up.
 * @returns the redirect to the next page.
 */
export async function completeSignIn(
  c: Context<Web>,
  user: SigningInUser & FactorUser & { name: string },
  authentication: SessionAuthentication,
  next: NextPage,
): Promise<Response> {
  const begin = async (amr: string[]) => {
    await beginSession(c, user, { ...authentication, amr });
    return redirectOnward(c, user, next);
  };
  const { amr } = authentication;
  if (hasSecondFactor(amr)) return begin(amr);
  const deps = c.get('deps');
  const [settings, continuation] = await Promise.all([deps.settings(), openContinuation(deps, next.sealed)]);
  const isNeededThere = continuation !== 'expired' && continuation?.factor === true;
  if (!needsSecondFactor(user, settings) && !isNeededThere) return begin(amr);
  if (acceptsRemembered(continuation) && (await isRememberedFor(c, user)))
    return begin([...amr, AMR_REMEMBERED_BROWSER]);
  await writePendingSignIn(c, user, authentication, next.to);
  const path = user.secondFactorAt === null ? SECOND_FACTOR_SET_UP : SECOND_FACTOR_SIGN_IN;
  return c.redirect(withContinuation(path, next.sealed), 303);
}

/** A path with its sealed continuation. */
export const withContinuation = (path: string, sealed: string | undefined): string =>
  sealed ? `${path}?continue=${sealed}` : path;

/** Redirects to the page that needed the sign-in; an expired continuation has a page. */
export async function redirectOnward(c: Context<Web>, user: { name: string }, { sealed, to }: NextPage) {
  const continuation = await openContinuation(c.get('deps'), sealed);
  if (continuation === 'expired') return expiredPage(c, user.name);
  return c.redirect(continuation?.to ?? to ?? ACCOUNT, 303);
}
