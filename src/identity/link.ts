/** Links that let their reader choose a password: once, and for a time. */
import * as z from 'zod';
import type { PersonId } from '../protocol/credentials.ts';
import { INVITATION, MAILED_LINK } from '../protocol/lifetimes.ts';
import type { Deps } from '../web/context.ts';

const Link = z.object({
  person: z.string().transform((id) => id as PersonId),
  madeAt: z.number(),
  until: z.number(),
  /** Whether the person chose a password before. */
  again: z.boolean().optional(),
  /** The address that it was mailed to: whoever opens it reads mail there. */
  mailedTo: z.string().optional(),
});
export type Link = z.infer<typeof Link>;

type LinkDeps = Pick<Deps, 'config' | 'moment'>;

/** A link that is good once, for seven days. */
export function invitationLink(deps: LinkDeps, person: PersonId, mailedTo?: string): Promise<string> {
  return makeLink(deps, { person, mailedTo }, INVITATION);
}

/** A link that is good once, for an hour, and only where it is mailed to. */
export function recoveryLink(deps: LinkDeps, person: PersonId, mailedTo: string): Promise<string> {
  return makeLink(deps, { person, mailedTo, again: true }, MAILED_LINK);
}

async function makeLink(
  { config, moment: { now } }: LinkDeps,
  link: Pick<Link, 'person' | 'again' | 'mailedTo'>,
  lifetime: number,
): Promise<string> {
  const sealed = await config.root.seal('link', { ...link, madeAt: now, until: now + lifetime } satisfies z.input<
    typeof Link
  >);
  return `${config.issuer}/welcome?link=${sealed}`;
}

/** The link, or undefined for one that is too old or not ours. Whether it was used is not judged here. */
export async function openLink({ config, moment }: LinkDeps, text: string | undefined): Promise<Link | undefined> {
  const link = Link.safeParse(text && (await config.root.unseal('link', text)));
  return link.success && link.data.until > moment.now ? link.data : undefined;
}
