/** The session of a browser: its cookie and its user. */
import type { Context } from 'hono';
import type { Web } from '../http/context.ts';
import { readCookie } from '../http/cookies.ts';
import { meetsFactorPolicy, needsSecondFactor } from '../protocol/second-factor.ts';
import { touchSession } from '../storage/users/sessions.ts';
import { findSignedIn, type SignedIn } from '../storage/users/signed-in.ts';
import type { UserSource } from '../storage/users/user-attributes.ts';

/**
 * The signed-in user and session, with the grants of a client; one round. A session without the second factor that its
 * user needs, shown or remembered, is none: it began before that was so.
 * @param source of the user: by default the primary.
 */
export async function currentSession(
  c: Context<Web>,
  clientId?: string,
  source?: UserSource,
): Promise<SignedIn | undefined> {
  const { databases, moment, settings, waitUntil } = c.get('deps');
  const limits = await settings();
  const signedIn = await findSignedIn(databases, readCookie(c, 'session'), moment.now, limits, {
    clientId,
    source,
  });
  if (signedIn && needsSecondFactor(signedIn.user, limits) && !meetsFactorPolicy(signedIn.session.amr))
    return undefined;
  if (signedIn) {
    c.get('logFields').user = signedIn.user.id;
    c.set('userLocale', signedIn.user.locale);
    await c.get('languageChoice')?.();
    waitUntil('touch session', touchSession(databases, signedIn.session, moment.now));
  }
  return signedIn;
}
