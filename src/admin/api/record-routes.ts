/** The routes of a record in the admin API, and its schemas, from its definition. */
import type { Context } from 'hono';
import * as z from 'zod';
import type { ApiTable } from '../../http/api/routes.ts';
import type { Web } from '../../http/context.ts';
import type { BoundRecord } from '../operations/record.ts';
import { idIn, PAGE_SIZE, parseFilter, parseOrder } from '../query-parameters.ts';
import type { RecordDefinition } from '../records/record.ts';
import { putBodyOf } from '../records/request.ts';
import { after, sorted } from './queries.ts';
import { actionApi, recordPath } from './record-actions.ts';
import { changeRoute, createRoute, putRoute } from './record-write-routes.ts';

type RecordApi = Pick<ApiTable, 'routes' | 'requestSchemas' | 'responseSchemas'>;

const next = z.string().optional().describe('The cursor of the next page: send it as "after". None after the last.');

const unreachable = z.array(z.string()).describe('Shards that did not respond: their records are missing here.');

/** The routes and schemas of a record. */
export function recordApi(record: BoundRecord): RecordApi {
  const { definition } = record;
  const { type, create, change, put, answer, once, api } = definition;
  const list = listSchema(definition);
  const created = definition.created ?? (once && z.strictObject({ ...answer.shape, ...once.shape }));
  const putBody = put && putBodyOf(put);
  const further = actionApi(record);
  return {
    requestSchemas: {
      ...(create && { [definition.createName ?? `New${type}Request`]: create }),
      ...(change && { [`${type}ChangesRequest`]: change }),
      ...(putBody && { [`${type}Request`]: putBody }),
      ...further.requestSchemas,
    },
    responseSchemas: {
      [type]: answer,
      [definition.list.schema ?? `${type}List`]: list,
      ...(created && { [`New${type}`]: created }),
      ...(definition.detail && { [definition.detail.name]: definition.detail.schema }),
      ...further.responseSchemas,
    },
    routes: {
      ...readRoutes(record, list),
      ...(create && { [api.names?.create ?? `create${type}`]: createRoute(record, create, created ?? answer) }),
      ...(change && { [`patch${type}`]: changeRoute(record, change) }),
      ...(putBody && { [`put${type}`]: putRoute(record, putBody) }),
      ...further.routes,
    },
  };
}

function listSchema({ api, answer, list }: RecordDefinition): z.ZodObject {
  const rows = { [api.rows]: z.array(answer) };
  if (list.anywhere) return z.strictObject(rows);
  return z.strictObject({ ...rows, next, ...(list.sharded && { shards_that_did_not_answer: unreachable }) });
}

function readRoutes(record: BoundRecord, list: z.ZodType): ApiTable['routes'] {
  const { definition, operations } = record;
  const { type, one, api, texts = {} } = definition;
  const { filters = {}, descending } = definition.list;
  const { precondition, sorts } = operations;
  const { list: listed = `list${type}s`, one: shown = `get${type}` } = api.names ?? {};
  return {
    [listed]: {
      method: 'GET',
      path: api.path,
      summary: definition.list.summary,
      ...(!definition.list.anywhere && {
        query: { ...(sorts ? sorted(sorts, descending ? 'desc' : 'asc') : { after }), ...filters },
      }),
      response: list,
      handle: (c: Context<Web>) => listRecords(c, record),
    },
    [shown]: {
      method: 'GET',
      path: recordPath(definition),
      summary: texts.getSummary ?? `One ${one}`,
      response: definition.detail?.schema ?? definition.answer,
      ...(precondition && { precondition: (c: Context<Web>) => precondition(c.get('deps'), idIn(c, definition)) }),
      handle: async (c: Context<Web>) => {
        const deps = c.get('deps');
        const id = idIn(c, definition);
        const [row, detail] = await Promise.all([operations.find(deps, id), operations.detail?.(deps, id)]);
        return c.json({ ...operations.show(row, deps), ...detail });
      },
    },
  };
}

async function listRecords(c: Context<Web>, { definition, operations }: BoundRecord): Promise<Response> {
  const { filters = {}, combinable, descending = false, sharded } = definition.list;
  const deps = c.get('deps');
  const names = Object.keys(filters);
  const query = c.req.query();
  const page = await operations.list(deps, {
    ...(operations.sorts ? parseOrder(query, operations.sorts, descending) : { sort: '', descending }),
    filters: combinable ? Object.fromEntries(names.map((name) => [name, query[name]])) : parseFilter(query, ...names),
    after: query.after,
    most: PAGE_SIZE,
  });
  return c.json({
    [definition.api.rows]: page.rows.map((row) => operations.show(row, deps)),
    next: page.next,
    ...(sharded && { shards_that_did_not_answer: page.unreachable ?? [] }),
  });
}
