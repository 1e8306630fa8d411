/**
 * Return from the sign-in page: the same authorization request with the sealed time of the original one. The request is
 * validated again, and a later `auth_time` shows that reauthentication took place.
 */
import * as z from 'zod/mini';
import { sha256 } from '../../crypto/digest.ts';
import type { Deps } from '../../http/context.ts';
import { SIGN_IN_PAGE_LIFETIME } from '../../protocol/lifetimes.ts';

const RESUME_PARAMETER = 'continued';

const ResumeState = z.object({ query: z.string(), askedAt: z.number() });

/** The client's query, and the sealed state, which is the last parameter. */
export function splitQuery(search: string): { query: string; note: string | undefined } {
  const [query = '', note] = search.replace(/^\?/, '').split(`&${RESUME_PARAMETER}=`);
  return { query, note };
}

/** The path that resumes the request. */
export async function resumeUrl(deps: Pick<Deps, 'config' | 'moment'>, query: string): Promise<string> {
  const note = { query: sha256(query), askedAt: deps.moment.now } satisfies z.infer<typeof ResumeState>;
  return `/authorize?${query}&${RESUME_PARAMETER}=${await deps.config.root.seal('continued', note)}`;
}

/** The time of the original request, where the user returns from the sign-in page of this request. */
export async function originalRequestTime(
  deps: Pick<Deps, 'config' | 'moment'>,
  { query, note }: { query: string; note: string | undefined },
): Promise<number | undefined> {
  const opened = ResumeState.safeParse(note && (await deps.config.root.unseal('continued', note)));
  if (!opened.success || opened.data.query !== sha256(query)) return undefined;
  return opened.data.askedAt > deps.moment.now - SIGN_IN_PAGE_LIFETIME ? opened.data.askedAt : undefined;
}
