/** Who looks at a page about oneself: somebody who is signed in, and freshly where what they want to do needs it. */
import type { Context } from 'hono';
import { FRESH } from '../protocol/lifetimes.ts';
import type { SignedIn } from '../storage/sessions.ts';
import type { Deps, Web } from '../web/context.ts';
import { signInAddress } from './place.ts';
import { currentSession } from './session.ts';

/**
 * What people do to their account, and whether a stranger at an unlocked computer must not be able to: then the person
 * proves again who they are, unless they did within ten minutes.
 */
export const ACTS = {
  look: false,
  'change-profile': false,
  'change-password': true,
  'change-email': true,
  'add-passkey': true,
  'rename-passkey': false,
  'remove-passkey': true,
  'link-account': true,
  'unlink-account': true,
  'end-session': false,
  'withdraw-access': false,
  'create-key': true,
  'revoke-key': false,
  administer: false,
  /** What cannot be taken back. */
  'administer-for-good': true,
} as const satisfies Record<string, boolean>;

export type Act = keyof typeof ACTS;

/**
 * Who is signed in; else the answer that leads to the sign-in page, and from there back.
 * @param to the path of a page, shown by GET, to come back to.
 */
export async function visitor(c: Context<Web>, to: string, act: Act = 'look'): Promise<SignedIn | Response> {
  const deps = c.get('deps');
  const signedIn = await currentSession(c);
  if (!signedIn) return c.redirect(await signInAddress(deps, { to, ask: 'any' }), 303);
  if (mustSignInAnew(deps, signedIn, act)) {
    return c.redirect(await signInAddress(deps, { to, ask: 'fresh', hint: signedIn.person.email }), 303);
  }
  return signedIn;
}

/** Whether what they want to do needs a fresher sign-in than theirs. */
export const mustSignInAnew = ({ moment }: Pick<Deps, 'moment'>, { session }: SignedIn, act: Act): boolean =>
  ACTS[act] && moment.now - session.authTime > FRESH;
