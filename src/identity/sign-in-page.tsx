/** The sign-in page, and the pages that stand in its way. */
import type { Context } from 'hono';
import { SECOND } from '../protocol/lifetimes.ts';
import type { WayToSignIn, Web } from '../web/context.ts';
import { Field, Hidden } from '../web/fields.tsx';
import { canMail } from '../web/mail.ts';
import { page } from '../web/page.tsx';
import { Problem } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import type { Words } from '../words/index.ts';
import { thisBrowser } from './browser-cookie.ts';
import { askForPasskey } from './passkeys/ceremony.ts';
import { PASSKEY_SCRIPT, PasskeyForm } from './passkeys/form.tsx';
import { asksPassword, onlyForAdministrator } from './passwords.ts';
import type { Place } from './place.ts';
import { FORGOT } from './recovery.tsx';
import { WayForms } from './way-forms.tsx';

export const PASSKEY_SIGN_IN = '/sign-in/passkey';

export type SignInPage = {
  sealed: string | undefined;
  place: Place | undefined;
  email?: string | undefined;
  error?: string;
  other?: { name: string; email: string; to: string } | undefined;
};

export async function signInPage(c: Context<Web>, { sealed, place, email, error, other }: SignInPage) {
  const deps = c.get('deps');
  const [settings, ways] = await Promise.all([deps.settings(), deps.waysToSignIn()]);
  const withPassword = asksPassword(deps, settings);
  const [fit, unfit] = place?.ask === 'fresh' ? split(ways) : [ways, []];
  const browser = thisBrowser(c);
  const asked = await askForPasskey(deps, browser.id);
  const query = sealed ? `?continue=${sealed}` : '';
  const [say, fields] = [wordsOf(c, 'signIn'), wordsOf(c, 'fields')];
  return page(
    c,
    { title: say.title, status: error ? 400 : 200, formsLeave: true, script: PASSKEY_SCRIPT },
    <>
      <h1>{say.title}</h1>
      <Problem>{error}</Problem>
      {place?.asker && <Asker {...place.asker} say={say} />}
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
      <WayForms ways={fit} formToken={browser.formToken} place={sealed} continueWith={say.continueWith} />
      {unfit.length > 0 && <p class="fine">{say.notFresh(unfit.map(({ name }) => name))}</p>}
      {fit.length > 0 && withPassword && <p class="or">{say.or}</p>}
      {onlyForAdministrator(deps, settings) && <p class="notice">{say.onlyAdministrator}</p>}
      {withPassword ? (
        <form class="stack" method="post" action="/sign-in" id="password-form">
          <Hidden formToken={browser.formToken()} place={sealed} />
          <Field name="email" label={fields.email} type="email" autocomplete="username webauthn" value={email} />
          <Field name="password" label={fields.password} type="password" autocomplete="current-password" />
          <div class="actions">
            <button type="submit">{say.submit}</button>
          </div>
        </form>
      ) : (
        <form id="password-form" hidden>
          <Hidden formToken={browser.formToken()} place={sealed} />
        </form>
      )}
      {settings.password_sign_in && canMail(deps, settings) && (
        <p>
          <a href={FORGOT}>{say.forgot}</a>
        </p>
      )}
      {settings.password_sign_in && settings.sign_up === 'allow' && (
        <p>
          {say.noAccount((label) => (
            <a href={`/sign-up${query}`}>{label}</a>
          ))}
        </p>
      )}
      <PasskeyForm
        kind="get"
        action={PASSKEY_SIGN_IN}
        asked={asked}
        label={say.passkey.submit}
        failed={say.passkey.failed}
        like="password-form"
        secondary
      />
    </>,
  );
}

/** Where somebody must sign in anew, not every way can show that they do. */
const split = (ways: WayToSignIn[]) =>
  [ways.filter(({ provesFresh }) => provesFresh), ways.filter(({ provesFresh }) => !provesFresh)] as const;

/** Whoever sends people here is named before they do anything, or are sent anywhere else. */
function Asker({ name, host, say }: { name: string; host: string; say: Words['signIn'] }) {
  const [who, asks] = say.asker(name, host);
  return (
    <p>
      <strong>{who}</strong>
      {asks}
    </p>
  );
}

export function waitPage(c: Context<Web>, wait: number) {
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

export function cookiesOffPage(c: Context<Web>) {
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

export function expiredPage(c: Context<Web>, signedInAs?: string) {
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
