/** The mailed link of a reauthentication: sealed, and bound to the session. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { Deps, Web } from '../http/context.ts';
import { REAUTHENTICATION_LINK_LIFETIME } from '../protocol/lifetimes.ts';
import type { SignedIn } from '../storage/users/signed-in.ts';
import { currentSession } from './current-session.ts';

export const REAUTHENTICATION_LINK = '/sign-in/mailed';

const ReauthenticationLink = z.object({
  session: z.string(),
  /** The address that it was mailed to. */
  mailedTo: z.string(),
  /** The sealed continuation. */
  place: z.string().optional(),
  madeAt: z.number(),
  until: z.number(),
});

type ReauthenticationLink = z.infer<typeof ReauthenticationLink>;

export async function sealReauthenticationLink(
  { config, moment: { now } }: Deps,
  { session, user }: SignedIn,
  place: string | undefined,
) {
  const link = {
    session: session.id,
    mailedTo: user.email,
    place,
    madeAt: now,
    until: now + REAUTHENTICATION_LINK_LIFETIME,
  } satisfies ReauthenticationLink;
  return `${config.issuer}${REAUTHENTICATION_LINK}?link=${await config.root.seal('sign-in-link', link)}`;
}

/** Opens a link that has not expired, in the session that it was mailed for. */
export async function openReauthenticationLink(
  c: Context<Web>,
  text: string,
): Promise<{ link: ReauthenticationLink; signedIn: SignedIn } | undefined> {
  const { config, moment } = c.get('deps');
  const link = ReauthenticationLink.safeParse(await config.root.unseal('sign-in-link', text));
  if (!link.success || link.data.until <= moment.now) return undefined;
  const signedIn = await currentSession(c);
  return signedIn?.session.id === link.data.session ? { link: link.data, signedIn } : undefined;
}
