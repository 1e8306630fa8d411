/**
 * Proof that the user authenticated at the provider just now (OpenID Connect Core §3.1.2.1). The request for it travels
 * through a browser that may be left unlocked: only the answer is proof.
 */
import type { Texts } from '../locales/index.ts';
import type { Flow } from '../oauth-client/flow.ts';
import { CLOCK_SKEW, FLOW_LIFETIME, SECOND } from '../protocol/lifetimes.ts';
import { OPENID_SCOPE } from '../protocol/scope-names.ts';
import { identityProviderOf } from '../providers/index.ts';
import type { SocialLogin } from '../storage/providers/social-logins.ts';
import { scopesOfLogin } from './login-client.ts';

type ReauthenticationProblem = Exclude<keyof Texts['socialLogin']['fresh'], 'cannot'>;

/** True where the provider answers with an id_token that this server verifies. */
export const sendsIdToken = (login: SocialLogin) =>
  scopesOfLogin(login).includes(OPENID_SCOPE) && !identityProviderOf(login.provider).ignoresIdToken;

/** True where a sign-in there can prove reauthentication: by auth_time, or by the setting trust_fresh. */
export const provesReauthentication = (login: SocialLogin): boolean =>
  sendsIdToken(login) || login.description.trust_fresh;

type Claims = Readonly<Record<string, unknown>> | undefined;

/** The problem with the answer to a flow that requires reauthentication; undefined where there is none. */
export function reauthenticationProblem(
  { description }: SocialLogin,
  flow: Flow,
  claims: Claims,
  now: number,
): ReauthenticationProblem | undefined {
  if (flow.reauthentication !== 'required') return undefined;
  const authTime = authTimeClaim(claims, now);
  if (authTime === undefined) return description.trust_fresh ? undefined : 'untold';
  // auth_time: the Client SHOULD check it, and request re-authentication if too much time has elapsed.
  return authTime < flowStartOf(flow) - CLOCK_SKEW ? 'tooOld' : undefined;
}

/**
 * The time of authentication at the provider, in milliseconds; null where it is not known: a missing auth_time proves
 * nothing, unless reauthentication was requested and an administrator set trust_fresh.
 */
export function authTimeOf({ description }: SocialLogin, flow: Flow, claims: Claims, now: number): number | null {
  const authTime = authTimeClaim(claims, now);
  if (authTime === undefined) return flow.reauthentication && description.trust_fresh ? now : null;
  const start = flowStartOf(flow);
  // The provider's clock counts whole seconds and may be behind: a fresh time is never before the request.
  const isFresh = flow.reauthentication !== undefined && authTime >= start - CLOCK_SKEW;
  return Math.min(now, isFresh ? Math.max(authTime, start) : authTime);
}

const flowStartOf = ({ expiresAt: until }: Flow): number => until - FLOW_LIFETIME;

/** The claim auth_time in milliseconds; a time of the future is ignored: some providers count milliseconds. */
function authTimeClaim(claims: Claims, now: number): number | undefined {
  const seconds = claims?.auth_time;
  if (typeof seconds !== 'number' || !(seconds >= 0)) return undefined;
  return seconds * SECOND <= now + CLOCK_SKEW ? seconds * SECOND : undefined;
}
