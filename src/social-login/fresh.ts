/**
 * Whether somebody signs in at a provider just now, or only comes back from it (OpenID Connect Core §3.1.2.1). What
 * asks for it travels through the browser, whose owner may have left it unlocked: so only the answer proves it.
 */
import type { Flow } from '../client/begin.ts';
import { CLOCK_SKEW, FLOW, SECOND } from '../protocol/lifetimes.ts';
import type { SocialLogin } from '../storage/social-logins.ts';
import type { Words } from '../words/index.ts';
import { presetOf } from './presets/index.ts';
import { scopesOf } from './record.ts';

type NotFresh = Exclude<keyof Words['socialLogin']['fresh'], 'cannot'>;

const sendsIdToken = (login: SocialLogin) =>
  scopesOf(login).includes('openid') && !presetOf(login.provider).ignoresIdToken;

/** Without an id_token nobody says when it was; then an administrator must vouch for it. */
export const provesFresh = (login: SocialLogin): boolean => sendsIdToken(login) || login.description.trust_fresh;

/** With max_age, `auth_time` is REQUIRED in the id_token. */
export const freshHints = (login: SocialLogin): Record<string, string> => ({
  prompt: 'login',
  ...(sendsIdToken(login) && { max_age: '0' }),
});

/** What is wrong with the answer to a flow that asked for it; undefined where nothing is. */
export function whyNotFresh(
  { description }: SocialLogin,
  { fresh, until }: Flow,
  claims: Readonly<Record<string, unknown>> | undefined,
): NotFresh | undefined {
  if (!fresh || description.trust_fresh) return undefined;
  const authTime = claims?.auth_time;
  if (typeof authTime !== 'number') return 'untold';
  // auth_time: the Client SHOULD check it, and request re-authentication if too much time has elapsed.
  return authTime * SECOND < until - FLOW - CLOCK_SKEW ? 'tooOld' : undefined;
}
