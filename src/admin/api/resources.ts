/** /api/admin/resources: the registry of protected resources. */
import type { Context } from 'hono';
import type { ResourceDescription } from '../../protocol/resource.ts';
import { resourceIsAsRead } from '../../storage/precondition.ts';
import { type ApiTable, route } from '../../web/api.ts';
import type { Web } from '../../web/context.ts';
import { findResource, putResource as put, removeResource, resourceId } from '../acts/resources.ts';
import * as requests from '../requests.ts';
import * as answers from './answers.ts';
import { actorOf } from './authenticate.ts';

async function listResources(c: Context<Web>) {
  const registry = await c.get('deps').latestRegistry();
  return c.json({ resources: [...registry].map(([id, description]) => show(id, description)) });
}

async function getResource(c: Context<Web>) {
  const { id, description } = await find(c);
  return c.json(show(id, description));
}

/** One that is not registered is as it was read while nobody registers it. */
async function resourceIsStill(c: Context<Web>) {
  const id = identifier(c);
  return resourceIsAsRead(id, (await c.get('deps').latestRegistry()).get(id));
}

/** Registers it, or replaces what is said of it. */
async function putResource(c: Context<Web>, description: ResourceDescription) {
  const id = identifier(c);
  await put(c.get('deps'), actorOf(c), { id, description });
  return c.json(show(id, description));
}

async function deleteResource(c: Context<Web>) {
  await removeResource(c.get('deps'), actorOf(c), await find(c));
  return c.body(null, 204);
}

const identifier = (c: Context<Web>): string => resourceId(c.req.param('id') ?? '');

const find = (c: Context<Web>) => findResource(c.get('deps'), identifier(c));

const show = (resource: string, description: ResourceDescription) => ({ resource, ...description });

/** What the API table says of them. */
export const RESOURCE_ROUTES: ApiTable['routes'] = {
  listResources: {
    ...{ method: 'GET', path: '/resources', summary: 'The protected resources beside this server itself' },
    ...{ answer: answers.ResourceList, handle: listResources },
  },
  getResource: {
    ...{ method: 'GET', path: '/resources/{id}', summary: 'One resource, by its percent-encoded identifier' },
    ...{ answer: answers.Resource, handle: getResource, isAsRead: resourceIsStill },
  },
  putResource: route({
    ...{ method: 'PUT', path: '/resources/{id}', summary: 'Registers a resource, or replaces what is said of it' },
    ...{ body: requests.ResourceRequest, answer: answers.Resource, handle: putResource },
  }),
  deleteResource: {
    ...{ method: 'DELETE', path: '/resources/{id}', summary: 'Nobody gets a token for it any more' },
    handle: deleteResource,
  },
};
