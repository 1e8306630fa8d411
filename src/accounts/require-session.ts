/** The session that an account page requires, with a recent authentication for sensitive actions. */
import type { Context } from 'hono';
import type { Deps, Web } from '../http/context.ts';
import { REAUTHENTICATION_AGE, SECOND } from '../protocol/lifetimes.ts';
import { isOfRememberedBrowser } from '../protocol/second-factor.ts';
import type { SignedIn } from '../storage/users/signed-in.ts';
import { currentSession } from './current-session.ts';
import { signInAddress } from './sign-in-continuation.ts';

/**
 * The actions of a user on their account; true for sensitive ones, which need an authentication within the last ten
 * minutes, against misuse of an unlocked computer.
 */
export const ACCOUNT_ACTIONS = {
  look: false,
  'change-profile': false,
  'change-password': true,
  'change-email': true,
  'add-passkey': true,
  'rename-passkey': false,
  'remove-passkey': true,
  'add-factor': true,
  'remove-factor': true,
  'create-recovery-codes': true,
  'forget-browser': false,
  'link-account': true,
  'unlink-account': true,
  'end-session': false,
  'withdraw-access': false,
  'create-key': true,
  'revoke-key': false,
  'export-data': true,
  'delete-account': true,
  'keep-account': false,
  administer: false,
  /** Irreversible actions in the console. */
  'administer-for-good': true,
} as const satisfies Record<string, boolean>;

export type AccountAction = keyof typeof ACCOUNT_ACTIONS;

/**
 * Requires a session, with reauthentication where the action needs it.
 * @param to the path to return to after sign-in.
 * @returns the session, or the redirect to the sign-in page.
 */
export async function requireSession(
  c: Context<Web>,
  to: string,
  act: AccountAction = 'look',
): Promise<SignedIn | Response> {
  const deps = c.get('deps');
  const signedIn = await currentSession(c);
  if (!signedIn) return c.redirect(await signInAddress(deps, { to, ask: 'any', ...reauthenticationMaxAge(act) }), 303);
  if (needsReauthentication(deps, signedIn, act)) {
    return c.redirect(await signInAddress(deps, { to, ask: 'fresh', hint: signedIn.user.email }), 303);
  }
  return signedIn;
}

/**
 * True where the action needs a more recent authentication than that of this session, its time is unknown, or a remembered
 * browser stood for the second factor in it.
 */
export const needsReauthentication = (
  { moment }: Pick<Deps, 'moment'>,
  { session }: SignedIn,
  act: AccountAction,
): boolean =>
  ACCOUNT_ACTIONS[act] &&
  (isOfRememberedBrowser(session.amr) ||
    session.authTime === null ||
    moment.now - session.authTime > REAUTHENTICATION_AGE);

/** The `max_age` for an identity provider, for an action that needs a recent authentication. */
export const reauthenticationMaxAge = (act: AccountAction): { maxAge?: number } =>
  ACCOUNT_ACTIONS[act] ? { maxAge: REAUTHENTICATION_AGE / SECOND } : {};
