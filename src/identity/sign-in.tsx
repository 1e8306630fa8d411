/** GET and POST /sign-in: who is there? An unknown address and a wrong password cost and answer the same. */
import type { Context } from 'hono';
import { equalInConstantTime } from '../crypto/digest.ts';
import { hashPassword, passwordMatches } from '../crypto/password.ts';
import { BY_PASSWORD } from '../protocol/amr.ts';
import { newPersonId } from '../protocol/credentials.ts';
import { findPersonByEmail, insertFirstAdministrator, type Person } from '../storage/people.ts';
import { countTry, forgiveTry, recordFailedSignIn, tryLimits } from '../storage/sign-in-throttle.ts';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { parseParameters } from '../web/parameters.ts';
import { wordsOf } from '../web/words.ts';
import { judgeBrowserForm } from './browser-cookie.ts';
import { takesPassword } from './passwords.ts';
import { openPlace } from './place.ts';
import { beginSession, currentSession, throttleKey } from './session.ts';
import { cookiesOffPage, expiredPage, signInPage, waitPage } from './sign-in-page.tsx';

/** Where a person lands who was not on the way anywhere. */
export const HOME = '/account';

export async function showSignIn(c: Context<Web>) {
  const sealed = parseParameters(new URL(c.req.url).search.slice(1)).one('continue');
  const place = await openPlace(c.get('deps'), sealed);
  if (place === 'expired') return expiredPage(c);
  const signedIn = await currentSession(c);
  if (signedIn && (place?.ask ?? 'any') === 'any') return c.redirect(place?.to ?? HOME, 303);
  const other =
    signedIn && place?.ask === 'choice'
      ? { name: signedIn.person.name, email: signedIn.person.email, to: place.to }
      : undefined;
  return signInPage(c, { sealed, place, email: place?.hint, other });
}

export async function signIn(c: Context<Web>) {
  const deps = c.get('deps');
  const form = await readForm(c, 'unsupported_media_type');
  form.refuseDuplicates();
  const sealed = form.one('continue');
  const place = await openPlace(deps, sealed);
  const browser = judgeBrowserForm(c, form);
  if (browser === 'no cookie') return cookiesOffPage(c);
  const email = (form.one('email') ?? '').slice(0, 254);
  const password = (form.one('password') ?? '').slice(0, 1024);
  const sealedPlace = place === 'expired' ? undefined : place;
  const again = { sealed, place: sealedPlace, email };
  if (browser === 'foreign') return signInPage(c, { ...again, error: wordsOf(c, 'fields').staleForm });

  const settings = await deps.settings();
  if (!takesPassword(deps, settings, email))
    return signInPage(c, { ...again, error: wordsOf(c, 'signIn').passwordsOff });
  const who = await throttleKey(c, email);
  const limits = tryLimits(settings, who, deps.network);
  const [waitUntil, person] = await Promise.all([
    countTry(deps.databases, limits, deps.moment.now, settings),
    findPersonByEmail(deps.databases, email),
  ]);
  if (waitUntil !== undefined) return waitPage(c, waitUntil - deps.moment.now);
  const known = await prove(c, person, email, password);
  if (!known) {
    recordFailure(c, person);
    return signInPage(c, { ...again, error: wordsOf(c, 'signIn').wrong });
  }
  await beginSession(c, known, 'sign-in', [...BY_PASSWORD]);
  deps.later('forgive tries', forgiveTry(deps.databases, who, `address:${deps.network}`));
  if (place === 'expired') return expiredPage(c, known.name);
  return c.redirect(place?.to ?? HOME, 303);
}

/** The person, if the password is theirs. One scrypt, whatever the case. */
async function prove(c: Context<Web>, person: Person | undefined, email: string, password: string) {
  const { config, databases, moment } = c.get('deps');
  const first = config.firstAdministrator;
  const isFirst =
    !person &&
    first &&
    email.toLowerCase() === first.email.toLowerCase() &&
    equalInConstantTime(password, first.password);
  if (isFirst) {
    const roles = ['administrator'];
    const passwordHash = await hashPassword(password);
    const administrator = { id: newPersonId(), email, name: 'Administrator', passwordHash, roles };
    await insertFirstAdministrator(databases, moment, administrator);
    // Another administrator may exist already: then nothing was inserted, and nobody is found.
    return findPersonByEmail(databases, email);
  }
  const matches = await passwordMatches(password, person?.passwordHash ?? null);
  return matches && person?.disabledAt === null ? person : undefined;
}

/** Behind the response, so that it tells nothing by its time. The address that was typed may be a password: not kept. */
export function recordFailure(c: Context<Web>, person: Person | undefined): void {
  const { databases, moment, later } = c.get('deps');
  later('record failed sign-in', recordFailedSignIn(databases, moment, person?.id ?? 'unknown'));
}
