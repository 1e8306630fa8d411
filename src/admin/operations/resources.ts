/** The operations on protected resources, for the API and the console. */

import type { Deps } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import {
  checkTokenLifetime,
  includesOwnApis,
  registeredIdentifier,
  requireCanonicalResource,
} from '../../protocol/resource.ts';
import type { ResourceDescription } from '../../protocol/resource-description.ts';
import { resourceIsUnchanged } from '../../storage/database/precondition.ts';
import { deleteResource, putResource as storeResource } from '../../storage/server/resources.ts';
import { RESOURCE } from '../records/resource.ts';
import { bindRecord } from './record.ts';

export type ResourceRecord = { id: string; description: ResourceDescription };

/**
 * The identifier that the text names: as it is registered, or, where it is not, as it was typed, byte for byte. Those of
 * this server's own APIs have one form only.
 * @throws OAuthError invalid_request for what is no identifier of a resource.
 */
async function resourceId(deps: Pick<Deps, 'config' | 'latestRegistry'>, text: string): Promise<string> {
  let form: string;
  try {
    form = requireCanonicalResource(text);
  } catch (error) {
    throw new OAuthError('invalid_request', (error as OAuthError).description);
  }
  if (includesOwnApis(form, deps.config.issuer)) return form;
  return registeredIdentifier(text, await deps.latestRegistry()) ?? text;
}

/** @throws OAuthError not_found */
async function requireResource(deps: Pick<Deps, 'latestRegistry'>, text: string): Promise<ResourceRecord> {
  const registry = await deps.latestRegistry();
  const id = registeredIdentifier(text, registry);
  const description = id === undefined ? undefined : registry.get(id);
  if (id === undefined || !description) throw new OAuthError('not_found', 'there is no such resource.');
  return { id, description };
}

/** Registers a resource, or replaces its description. @throws OAuthError invalid_request for a lifetime that it may not have. */
async function save(
  { config, databases, moment, documentsChanged }: Deps,
  actor: string,
  { id, description }: ResourceRecord,
) {
  checkTokenLifetime(id, description, config.issuer);
  await storeResource(databases, moment, actor, id, description);
  documentsChanged();
}

export const RESOURCES = bindRecord(RESOURCE, {
  find: requireResource,
  show: ({ id, description }) => ({ resource: id, ...description }),
  list: async (deps) => ({
    rows: [...(await deps.latestRegistry())].map(([id, description]) => ({ id, description })),
  }),
  // One that is not registered is as it was read while it is not registered.
  async precondition(deps, text) {
    const id = await resourceId(deps, text);
    return resourceIsUnchanged(id, (await deps.latestRegistry()).get(id));
  },
  async put({ deps, actor }, text, description) {
    const id = await resourceId(deps, text);
    await save(deps, actor, { id, description });
    return { id, description };
  },
  actions: {
    delete: async ({ deps: { databases, moment, documentsChanged }, actor }, { id }) => {
      await deleteResource(databases, moment, actor, id);
      documentsChanged();
    },
  },
});
