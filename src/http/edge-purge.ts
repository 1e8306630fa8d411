/** Purging of stored documents: loaded by the first change of a setting or a resource. */
import { DOCUMENTS_TAG } from './edge-cache.ts';

type CachedContext = {
  cache?: { purge: (options: { tags: string[] }) => Promise<{ success: boolean; errors: unknown[] }> };
};

/** Purges every stored document. @throws Error where the platform refuses: they then expire within their lifetime. */
export async function purgeDocuments(context: object): Promise<void> {
  const result = await (context as CachedContext).cache?.purge({ tags: [DOCUMENTS_TAG] });
  if (result && !result.success) throw new Error(`the documents were not purged: ${JSON.stringify(result.errors)}`);
}
