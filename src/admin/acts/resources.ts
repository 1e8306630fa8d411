/** What an administrator does to protected resources: the same for the API, and so the command, and for the console. */
import { canonicalise } from '../../protocol/canonical-resource.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { canonicalForm, type ResourceDescription } from '../../protocol/resource.ts';
import { deleteResource, putResource as storeResource } from '../../storage/resources.ts';
import type { Deps } from '../../web/context.ts';

export type Resource = { id: string; description: ResourceDescription };

/** @throws OAuthError invalid_request for what is no identifier of a resource. */
export function resourceId(text: string): string {
  try {
    return canonicalForm(text);
  } catch (error) {
    throw new OAuthError('invalid_request', (error as OAuthError).description);
  }
}

/** @throws OAuthError not_found */
export async function findResource(deps: Pick<Deps, 'latestRegistry'>, text: string): Promise<Resource> {
  const id = canonicalise(text);
  const description = id === undefined ? undefined : (await deps.latestRegistry()).get(id);
  if (id === undefined || !description) throw new OAuthError('not_found', 'there is no such resource.');
  return { id, description };
}

/** Registers it, or replaces what is said of it. */
export async function putResource({ databases, moment }: Deps, actor: string, { id, description }: Resource) {
  await storeResource(databases, moment, actor, id, description);
}

/** Nobody gets a token for it any more. */
export async function removeResource({ databases, moment }: Deps, actor: string, { id }: Resource): Promise<void> {
  await deleteResource(databases, moment, actor, id);
}
