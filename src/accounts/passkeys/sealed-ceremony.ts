/** The challenge of a WebAuthn ceremony, sealed into the form and bound to the browser. */
import * as z from 'zod';
import type { Deps } from '../../http/context.ts';
import { SIGN_IN_PAGE_LIFETIME } from '../../protocol/lifetimes.ts';
import type { SingleUse } from '../../storage/grants/single-use.ts';

export type CeremonyDeps = Pick<Deps, 'config' | 'moment'>;

const Ceremony = z.object({
  kind: z.enum(['create', 'get']),
  challenge: z.string(),
  /** The session, or a cookie of the browser. */
  boundTo: z.string(),
  until: z.number(),
});

type CeremonyKind = z.infer<typeof Ceremony>['kind'];

/** Seals the challenge of a ceremony, bound to a session or to a cookie of the browser. */
export async function sealCeremony(
  deps: CeremonyDeps,
  kind: CeremonyKind,
  challenge: string,
  boundTo: string,
): Promise<string> {
  const until = deps.moment.now + SIGN_IN_PAGE_LIFETIME;
  return deps.config.root.seal('ceremony', { kind, challenge, boundTo, until } satisfies z.infer<typeof Ceremony>);
}

/** Opens the challenge of a form, for its single use; undefined for an expired one or that of another browser. */
export async function openCeremony(
  deps: CeremonyDeps,
  sealed: string,
  kind: CeremonyKind,
  boundTo: string,
): Promise<(SingleUse & { challenge: string }) | undefined> {
  const ceremony = Ceremony.safeParse(await deps.config.root.unseal('ceremony', sealed));
  if (!ceremony.success) return undefined;
  const { challenge, until } = ceremony.data;
  const fits = ceremony.data.kind === kind && ceremony.data.boundTo === boundTo && until > deps.moment.now;
  return fits ? { challenge, text: `challenge:${challenge}`, expiresAt: until } : undefined;
}
