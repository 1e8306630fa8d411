/** One-time links: sealed, single-use and expiring; the reader sets a password. */
import * as z from 'zod';
import type { Deps } from '../http/context.ts';
import { parseUserId, type UserId } from '../protocol/credentials.ts';
import { INVITATION_LIFETIME, MAILED_LINK_LIFETIME } from '../protocol/lifetimes.ts';

const OneTimeLink = z.object({
  user: z.custom<UserId>((id) => parseUserId(id) !== undefined),
  madeAt: z.number(),
  until: z.number(),
  /** True where the user had a password when the link was created. */
  again: z.boolean().optional(),
  /** The address that it was mailed to; redeeming the link verifies it. */
  mailedTo: z.string().optional(),
});
export type OneTimeLink = z.infer<typeof OneTimeLink>;

type OneTimeLinkDeps = Pick<Deps, 'config' | 'moment'>;

/** An invitation: single-use, valid for seven days. */
export function invitationLink(deps: OneTimeLinkDeps, user: UserId, mailedTo?: string): Promise<string> {
  return sealLink(deps, { user, mailedTo }, INVITATION_LIFETIME);
}

/** A recovery link: single-use, valid for an hour, and only while the user has this address. */
export function recoveryLink(deps: OneTimeLinkDeps, user: UserId, mailedTo: string): Promise<string> {
  return sealLink(deps, { user, mailedTo, again: true }, MAILED_LINK_LIFETIME);
}

async function sealLink(
  { config, moment: { now } }: OneTimeLinkDeps,
  link: Pick<OneTimeLink, 'user' | 'again' | 'mailedTo'>,
  lifetime: number,
): Promise<string> {
  const sealed = await config.root.seal('link', { ...link, madeAt: now, until: now + lifetime } satisfies z.input<
    typeof OneTimeLink
  >);
  return `${config.issuer}/welcome?link=${sealed}`;
}

/** Opens a link; undefined for an expired or forged one. Single use is checked at redemption. */
export async function openOneTimeLink(
  { config, moment }: OneTimeLinkDeps,
  text: string | undefined,
): Promise<OneTimeLink | undefined> {
  const link = OneTimeLink.safeParse(text && (await config.root.unseal('link', text)));
  return link.success && link.data.until > moment.now ? link.data : undefined;
}
