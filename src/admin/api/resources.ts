/** /api/admin/resources: the registry of protected resources. */
import type { Context } from 'hono';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { canonicalForm, type ResourceDescription } from '../../protocol/resource.ts';
import { resourceIsAsRead } from '../../storage/precondition.ts';
import { deleteResource as removeResource, putResource as storeResource } from '../../storage/resources.ts';
import type { Web } from '../../web/context.ts';
import { actorOf } from './authenticate.ts';

export async function listResources(c: Context<Web>) {
  const registry = await c.get('deps').latestRegistry();
  return c.json({ resources: [...registry].map(([id, description]) => show(id, description)) });
}

export async function getResource(c: Context<Web>) {
  const { id, description } = await find(c);
  return c.json(show(id, description));
}

/** One that is not registered is as it was read while nobody registers it. */
export async function resourceIsStill(c: Context<Web>) {
  const id = identifier(c);
  return resourceIsAsRead(id, (await c.get('deps').latestRegistry()).get(id));
}

/** Registers it, or replaces what is said of it. */
export async function putResource(c: Context<Web>, description: ResourceDescription) {
  const { databases, moment } = c.get('deps');
  const id = identifier(c);
  await storeResource(databases, moment, actorOf(c), id, description);
  return c.json(show(id, description));
}

export async function deleteResource(c: Context<Web>) {
  const { databases, moment } = c.get('deps');
  const { id } = await find(c);
  await removeResource(databases, moment, actorOf(c), id);
  return c.body(null, 204);
}

function identifier(c: Context<Web>): string {
  try {
    return canonicalForm(c.req.param('id') ?? '');
  } catch (error) {
    throw new OAuthError('invalid_request', (error as OAuthError).description);
  }
}

async function find(c: Context<Web>) {
  const id = identifier(c);
  const description = (await c.get('deps').latestRegistry()).get(id);
  if (!description) throw new OAuthError('not_found', 'there is no such resource.');
  return { id, description };
}

const show = (resource: string, description: ResourceDescription) => ({ resource, ...description });
