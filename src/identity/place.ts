/** Where to go on after signing in: a path of ours, sealed, so that nobody can send a person elsewhere with it. */
import * as z from 'zod';
import { SIGN_IN_PAGE } from '../protocol/lifetimes.ts';
import type { Deps } from '../web/context.ts';

const Place = z.object({
  to: z.string().startsWith('/'),
  until: z.number(),
  /**
   * What the person is asked for: any session will do, a fresh sign-in, or a choice between accounts.
   */
  ask: z.enum(['any', 'fresh', 'choice']),
  /** The account to suggest. */
  hint: z.string().optional(),
  /** Who sent the person here, where that is somebody else: they are told before they do anything. */
  asker: z.object({ name: z.string(), host: z.string() }).optional(),
});
export type Place = z.infer<typeof Place>;

/** The address of the sign-in page that leads on to the place. */
export async function signInAddress(
  deps: Pick<Deps, 'config' | 'moment'>,
  place: Omit<Place, 'until'>,
): Promise<string> {
  const until = deps.moment.now + SIGN_IN_PAGE;
  return `/sign-in?continue=${await deps.config.root.seal('place', { ...place, until } satisfies Place)}`;
}

/** The sealed place, `expired`, or undefined for none or one that we did not seal. */
export async function openPlace(
  deps: Pick<Deps, 'config' | 'moment'>,
  sealed: string | undefined,
): Promise<Place | 'expired' | undefined> {
  const place = Place.safeParse(sealed && (await deps.config.root.unseal('place', sealed)));
  if (!place.success) return undefined;
  return place.data.until > deps.moment.now ? place.data : 'expired';
}
