/**
 * Comparison of the redirect URIs of two descriptions of a client: the trust of an administrator is limited to those
 * URIs.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { ClientMetadata } from '../../protocol/client-metadata.ts';
import { clients } from '../schema/index.ts';

/** The metadata fields that name where this server redirects a user after signing in or out. */
const REDIRECTS = ['redirect_uris', 'post_logout_redirect_uris'] as const;

type Redirects = Pick<ClientMetadata, (typeof REDIRECTS)[number]>;

const sortedUris = (uris: readonly string[] = []): string[] => [...uris].sort();

/** True where both name the same redirect URIs, in any order. */
export const redirectsAreSame = (one: Redirects, other: Redirects): boolean =>
  REDIRECTS.every((field) => sortedUris(one[field]).join(' ') === sortedUris(other[field]).join(' '));

/** A condition on `clients`: the stored metadata names other redirect URIs than this. */
export function redirectsDiffer(metadata: Redirects): SQL {
  const differs = (field: (typeof REDIRECTS)[number]) => {
    const stored = sql`(SELECT json_group_array(value ORDER BY value)
      FROM json_each(coalesce(${clients.metadata} -> ${sql.raw(`'$.${field}'`)}, '[]')))`;
    return sql`${stored} <> ${JSON.stringify(sortedUris(metadata[field]))}`;
  };
  return sql`(${sql.join(REDIRECTS.map(differs), sql` OR `)})`;
}
