/**
 * Coming back from the sign-in page: the same authorize URL, with a sealed note of when the application asked. So the
 * request is validated afresh, and what was asked of the person (a fresh sign-in, a choice) can be seen to be done.
 */
import * as z from 'zod';
import { sha256 } from '../../crypto/digest.ts';
import { SIGN_IN_PAGE } from '../../protocol/lifetimes.ts';
import type { Deps } from '../../web/context.ts';

const NAME = 'continued';

const Continued = z.object({ query: z.string(), askedAt: z.number() });

/** The query as the application sent it, and the note behind it, which is always last. */
export function splitQuery(search: string): { query: string; note: string | undefined } {
  const [query = '', note] = search.replace(/^\?/, '').split(`&${NAME}=`);
  return { query, note };
}

/** The path to come back to. */
export async function addressToContinue(deps: Pick<Deps, 'config' | 'moment'>, query: string): Promise<string> {
  const note = { query: sha256(query), askedAt: deps.moment.now } satisfies z.infer<typeof Continued>;
  return `/authorize?${query}&${NAME}=${await deps.config.root.seal('continued', note)}`;
}

/** When the application asked, where the person comes back from a sign-in page of this very request. */
export async function askedAt(
  deps: Pick<Deps, 'config' | 'moment'>,
  { query, note }: { query: string; note: string | undefined },
): Promise<number | undefined> {
  const opened = Continued.safeParse(note && (await deps.config.root.unseal('continued', note)));
  if (!opened.success || opened.data.query !== sha256(query)) return undefined;
  return opened.data.askedAt > deps.moment.now - SIGN_IN_PAGE ? opened.data.askedAt : undefined;
}
