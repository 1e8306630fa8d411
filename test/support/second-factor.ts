/** An authenticator app, and a user who sets up two-step sign-in with it. */
import { decodeBase32, timeStepOf, totpAt } from '../../src/crypto/totp.ts';
import { parseForm, readForm, type User } from './user.ts';

export const ADD_FACTOR = '/account/second-factor/add';
export const FACTOR_SIGN_IN = '/sign-in/second-factor';

/** The key that a page of enrolment shows to be entered by hand. */
export const keyOn = (html: string): string => (/<code class="key">([^<]*)</.exec(html)?.[1] ?? '').replaceAll(' ', '');

/** The code that an app shows now, or some time steps later. */
export const codeOf = (key: string, steps = 0): string => totpAt(decodeBase32(key), timeStepOf(Date.now()) + steps);

/** The recovery codes on a page. */
export const recoveryCodesOn = (html: string): string[] =>
  [...html.matchAll(/<code>([a-z0-9-]{19})<\/code>/g)].map(([, code = '']) => code);

/** Sets up two-step sign-in for a signed-in user. The code of the time step before is used by it. */
export async function enrolIn(user: User): Promise<{ key: string; codes: string[]; html: string }> {
  const html = await (await user.open(ADD_FACTOR)).text();
  const key = keyOn(html);
  const answer = await user.send(parseForm(html, ADD_FACTOR), { code: codeOf(key, -1) });
  const shown = await answer.text();
  return { key, codes: recoveryCodesOn(shown), html: shown };
}

/** Sends the password, and then the code of the app on the page that follows. */
export async function signInWithCode(
  user: User,
  who: { email: string; password: string },
  code: string,
  path?: string,
) {
  const asked = await user.signIn(who.email, who.password, path);
  return user.send(await readForm(asked, FACTOR_SIGN_IN), { code });
}

/** The cookie of a remembered browser. */
export const REMEMBERED_COOKIE = '__Host-remembered-browser';

/** Signs in with the password and a recovery code, and has this browser remembered. @returns the page after it. */
export async function rememberIn(user: User, who: { email: string; password: string }, recoveryCode: string) {
  user.cookies.delete('__Host-session');
  const asked = await user.signIn(who.email, who.password);
  const form = await readForm(asked, FACTOR_SIGN_IN);
  return user.send(form, { recovery_code: recoveryCode, remember_browser: 'on' });
}
