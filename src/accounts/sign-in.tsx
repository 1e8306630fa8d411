/** GET and POST /sign-in. An unknown address and a wrong password have the same response and cost. */
import type { Context } from 'hono';
import { constantTimeEqual, sha256 } from '../crypto/digest.ts';
import { hashPassword, verifyPassword } from '../crypto/password.ts';
import { readForm } from '../http/body.ts';
import type { Web } from '../http/context.ts';
import { parseParameters } from '../http/parameters.ts';
import { newUserId } from '../protocol/credentials.ts';
import type { Settings } from '../protocol/settings.ts';
import { attemptLimits } from '../storage/users/attempt-limits.ts';
import { insertFirstAdministrator } from '../storage/users/new-user.ts';
import { replacePasswordHash } from '../storage/users/passwords.ts';
import { countAttempt, recordFailedSignIn, resetAttempts } from '../storage/users/sign-in-throttle.ts';
import { findUserByEmail, type User } from '../storage/users/users.ts';
import { textsOf } from '../ui/locale.ts';
import { ACCOUNT } from './account-page.tsx';
import { checkBrowserForm } from './browser-cookie.ts';
import { completeSignIn } from './complete-sign-in.ts';
import { currentSession } from './current-session.ts';
import { acceptsPassword } from './password-policy.ts';
import { passwordAuthentication, throttleKey } from './session.ts';
import { openContinuation } from './sign-in-continuation.ts';
import { signInPage } from './sign-in-page.tsx';
import { cookiesOffPage, expiredPage, waitPage } from './sign-in-problems.tsx';

export async function showSignIn(c: Context<Web>) {
  const sealed = parseParameters(new URL(c.req.url).search.slice(1)).one('continue');
  const place = await openContinuation(c.get('deps'), sealed);
  if (place === 'expired') return expiredPage(c);
  const signedIn = await currentSession(c);
  if (signedIn && (place?.ask ?? 'any') === 'any') return c.redirect(place?.to ?? ACCOUNT, 303);
  const other =
    signedIn && place?.ask === 'choice'
      ? { name: signedIn.user.name, email: signedIn.user.email, to: place.to }
      : undefined;
  return signInPage(c, { sealed, place, email: place?.hint, other });
}

export async function submitSignIn(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const place = await openContinuation(deps, sealed);
  const browser = checkBrowserForm(c, form);
  if (browser === 'no cookie') return cookiesOffPage(c);
  const email = (form.one('email') ?? '').slice(0, 254);
  const password = (form.one('password') ?? '').slice(0, 1024);
  const sealedPlace = place === 'expired' ? undefined : place;
  const again = { sealed, place: sealedPlace, email };
  if (browser === 'foreign') return signInPage(c, { ...again, error: textsOf(c, 'fields').staleForm });

  const settings = await deps.settings();
  if (!acceptsPassword(deps, settings, email))
    return signInPage(c, { ...again, error: textsOf(c, 'signIn').passwordsOff });
  const limits = attemptLimits(settings, await throttleKey(c, email), deps.network);
  const [waitUntil, user] = await Promise.all([
    countAttempt(deps.databases, limits, deps.moment.now, settings),
    findUserByEmail(deps.databases, email),
  ]);
  if (waitUntil !== undefined) return waitPage(c, waitUntil - deps.moment.now);
  const known = await authenticatePassword(c, user, { email, password, settings });
  if (!known) {
    recordSignInFailure(c, user);
    return signInPage(c, { ...again, error: textsOf(c, 'signIn').wrong });
  }
  const next = await completeSignIn(c, known, passwordAuthentication(known.passwordSetAt), { sealed });
  deps.waitUntil('forgive tries', resetAttempts(deps.databases, limits));
  return next;
}

type Entered = { email: string; password: string; settings: Settings };

/** The user, if the password is theirs. Always one scrypt. */
async function authenticatePassword(c: Context<Web>, user: User | undefined, { email, password, settings }: Entered) {
  const { config, databases, moment, waitUntil } = c.get('deps');
  const first = config.firstAdministrator;
  const isFirst =
    !user &&
    first &&
    email.toLowerCase() === first.email.toLowerCase() &&
    constantTimeEqual(sha256(password), sha256(first.password));
  if (isFirst) {
    const roles = ['administrator'];
    const passwordHash = await hashPassword(password);
    const administrator = { id: newUserId(), email, name: 'Administrator', passwordHash, roles };
    await insertFirstAdministrator(databases, moment, administrator);
    // Another administrator may exist already: then nothing was inserted, and no user is found.
    return findUserByEmail(databases, email);
  }
  const hash = user?.passwordHash ?? null;
  const { matches, replacement } = await verifyPassword(password, hash, settings.imported_password_iterations);
  if (!matches || !user || hash === null || user.disabledAt !== null) return undefined;
  if (replacement !== undefined) {
    waitUntil('replace an imported password hash', replacePasswordHash(databases, user.id, hash, replacement));
  }
  return user;
}

/** Runs after the response, against timing. The entered address is not stored: it may be a mistyped password. */
export function recordSignInFailure(c: Context<Web>, user: User | undefined): void {
  const { databases, moment, waitUntil } = c.get('deps');
  waitUntil('record failed sign-in', recordFailedSignIn(databases, moment, user?.id ?? 'unknown'));
}
