/** The continuation after sign-in: a path of this server, sealed against open redirects. */
import * as z from 'zod/mini';
import type { Deps } from '../http/context.ts';
import { SIGN_IN_PAGE_LIFETIME } from '../protocol/lifetimes.ts';

const SignInContinuation = z.object({
  to: z.string().check(z.startsWith('/')),
  until: z.number(),
  /**
   * The required sign-in: any session, a recent authentication, or a choice of account.
   */
  ask: z.enum(['any', 'fresh', 'choice']),
  /** The allowed age of the authentication in seconds (OpenID Connect Core, `max_age`). */
  maxAge: z.optional(z.number()),
  /** True where the page needs a second factor, whatever the user's roles are. */
  factor: z.optional(z.boolean()),
  /** True where a remembered browser does not stand for the second factor of a user who has one. */
  now: z.optional(z.boolean()),
  /** The account to suggest. */
  hint: z.optional(z.string()),
  /** The client that sent the user here, which the sign-in page names. */
  asker: z.optional(z.object({ name: z.string(), host: z.string() })),
});
export type SignInContinuation = z.infer<typeof SignInContinuation>;

/** The address of the sign-in page with a sealed continuation. */
export async function signInAddress(
  deps: Pick<Deps, 'config' | 'moment'>,
  place: Omit<SignInContinuation, 'until'>,
): Promise<string> {
  const until = deps.moment.now + SIGN_IN_PAGE_LIFETIME;
  return `/sign-in?continue=${await deps.config.root.seal('place', { ...place, until } satisfies SignInContinuation)}`;
}

/** Opens a continuation: `expired`, or undefined for none or a forged one. */
export async function openContinuation(
  deps: Pick<Deps, 'config' | 'moment'>,
  sealed: string | undefined,
): Promise<SignInContinuation | 'expired' | undefined> {
  const place = SignInContinuation.safeParse(sealed && (await deps.config.root.unseal('place', sealed)));
  if (!place.success) return undefined;
  return place.data.until > deps.moment.now ? place.data : 'expired';
}
