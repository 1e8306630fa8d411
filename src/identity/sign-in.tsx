/** GET and POST /sign-in: who is there? An unknown address and a wrong password cost and answer the same. */
import type { Context } from 'hono';
import { equalInConstantTime } from '../crypto/digest.ts';
import { hashPassword, passwordMatches } from '../crypto/password.ts';
import { newPersonId } from '../protocol/credentials.ts';
import { SECOND } from '../protocol/lifetimes.ts';
import { recordEvent } from '../storage/audit.ts';
import { findPersonByEmail, insertFirstAdministrator, type Person } from '../storage/people.ts';
import { countTry, forgiveTry, tryLimits } from '../storage/sign-in-throttle.ts';
import { readForm } from '../web/body.ts';
import type { Web } from '../web/context.ts';
import { Field, Hidden } from '../web/fields.tsx';
import { page } from '../web/page.tsx';
import { parseParameters } from '../web/parameters.ts';
import { Problem } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import { browserFormToken, judgeBrowserForm } from './browser-cookie.ts';
import { openPlace, type Place } from './place.ts';
import { beginSession, currentSession, throttleKey } from './session.ts';

/** Where a person lands who was not on the way anywhere. */
const HOME = '/account';

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
  await beginSession(c, known, 'sign-in', ['pwd']);
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
function recordFailure(c: Context<Web>, person: Person | undefined): void {
  const { databases, moment, later } = c.get('deps');
  const event = { type: 'sign-in.failed', subject: person?.id ?? 'unknown', actor: 'unknown' } as const;
  later('record failed sign-in', recordEvent(databases.global, moment, event).execute());
}

type SignInPage = {
  sealed: string | undefined;
  place: Place | undefined;
  email?: string | undefined;
  error?: string;
  other?: { name: string; email: string; to: string } | undefined;
};

async function signInPage(c: Context<Web>, { sealed, place, email, error, other }: SignInPage) {
  const settings = await c.get('deps').settings();
  const [say, fields] = [wordsOf(c, 'signIn'), wordsOf(c, 'fields')];
  return page(
    c,
    { title: say.title, status: error ? 400 : 200, formsLeave: true },
    <>
      <h1>{say.title}</h1>
      <Problem>{error}</Problem>
      {place?.ask === 'fresh' && !error && <p class="notice">{say.again}</p>}
      {other && (
        <>
          <p>{say.signedInAs(other.email)}</p>
          <div class="actions">
            <a class="button" href={other.to}>
              {say.continueAs(other.name)}
            </a>
          </div>
          <p>{say.another}</p>
        </>
      )}
      <form class="stack" method="post" action="/sign-in">
        <Hidden formToken={browserFormToken(c)} place={sealed} />
        <Field name="email" label={fields.email} type="email" autocomplete="username" value={email} />
        <Field name="password" label={fields.password} type="password" autocomplete="current-password" />
        <div class="actions">
          <button type="submit">{say.submit}</button>
        </div>
      </form>
      {settings.sign_up === 'allow' && (
        <p>
          {say.noAccount((label) => (
            <a href={`/sign-up${sealed ? `?continue=${sealed}` : ''}`}>{label}</a>
          ))}
        </p>
      )}
    </>,
  );
}

function waitPage(c: Context<Web>, wait: number) {
  const seconds = Math.max(1, Math.ceil(wait / SECOND));
  const say = wordsOf(c, 'signIn').wait;
  c.get('facts').error = 'too_many_requests';
  return page(
    c,
    { title: say.title, status: 429, headers: { 'Retry-After': String(seconds) } },
    <>
      <h1>{say.title}</h1>
      <Problem>{say.tooMany(seconds)}</Problem>
      <p>{say.why}</p>
    </>,
  );
}

function cookiesOffPage(c: Context<Web>) {
  const say = wordsOf(c, 'signIn').cookies;
  return page(
    c,
    { title: say.title, status: 400 },
    <>
      <h1>{say.title}</h1>
      <Problem>{say.what}</Problem>
      <p>{say.how}</p>
    </>,
  );
}

function expiredPage(c: Context<Web>, signedInAs?: string) {
  const say = wordsOf(c, 'signIn').expired;
  return page(
    c,
    { title: say.title, status: 400 },
    <>
      <h1>{say.title}</h1>
      {signedInAs && <p class="notice">{say.signedIn(signedInAs)}</p>}
      <Problem>{say.what}</Problem>
      <p>{say.how}</p>
    </>,
  );
}
