/** Warnings for the operation of a resource server: a wrong or failing issuer, tokens for other resources. */
import { ExpiredJwt, InvalidJwt } from '../../../src/crypto/invalid-jwt.ts';
import { HOUR } from '../../../src/protocol/lifetimes.ts';
import { OAuthError } from '../../../src/protocol/oauth-error.ts';
import type { OnRefusal, RefusedRequest } from './on-refusal.ts';

const LONGEST = 300;

/** Limits of reasons in an hour, of tokens and of all: forged tokens neither flood a log nor hide a failing issuer. */
const MOST_OF_TOKENS = 20;
const MOST = 100;

export const warn: OnRefusal = ({ reason }) => console.warn(`@postern/resource-server: ${reason}`);

/** By hook, the time at which each reason was reported. */
let reported = new WeakMap<OnRefusal, Map<string, number>>();

/** Resets the module, for tests that keep isolates alive. */
export function resetReported(): void {
  reported = new WeakMap();
}

/** Reports a reason that was not reported in the last hour. */
export function tell(hook: OnRefusal, refused: RefusedRequest, now = Date.now()): void {
  const reason = refused.reason.replaceAll(/[^\x20-\x7e]+/g, '?').slice(0, LONGEST);
  const before = reported.get(hook) ?? new Map<string, number>();
  reported.set(hook, before);
  for (const [one, at] of before) if (now - at >= HOUR) before.delete(one);
  const isOfToken = refused.status !== undefined && refused.status < 500;
  if (before.has(reason) || before.size >= (isOfToken ? MOST_OF_TOKENS : MOST)) return;
  before.set(reason, now);
  try {
    hook({ ...refused, reason });
  } catch (error) {
    // A failing log does not affect the request.
    console.warn('@postern/resource-server: onRefusal failed', error);
  }
}

/** The warning for a refusal; undefined for expected ones: no token, an expired one, a missing scope. */
export function refusedBecause(thrown: unknown, issuer: string): RefusedRequest | undefined {
  if (!(thrown instanceof OAuthError) || thrown.cause === undefined) return undefined;
  const { code: error, status, cause } = thrown;
  if (status >= 500) return { error, status, reason: failureOf(issuer, cause) };
  if (!(cause instanceof InvalidJwt) || cause instanceof ExpiredJwt) return undefined;
  return { error, status, reason: cause.message };
}

/** The message for a failure of the issuer. */
export const failureOf = (issuer: string, cause: unknown): string =>
  `the issuer ${issuer} cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`;

/** The error while a token cannot be validated: temporary. `cause` is logged, and never sent. */
export function issuerUnavailable(cause: unknown): OAuthError {
  const description = 'the authorization server does not respond at the moment; please send the request again.';
  return new OAuthError('temporarily_unavailable', description, { cause, headers: { 'Retry-After': '5' } });
}
