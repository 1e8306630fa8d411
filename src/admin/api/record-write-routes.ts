/** The routes of the admin API that write a record: POST, PATCH and PUT. */
import type { Context } from 'hono';
import type * as z from 'zod';
import { type ApiRoute, requireParsed } from '../../http/api/routes.ts';
import type { Web } from '../../http/context.ts';
import type { BoundRecord } from '../operations/record.ts';
import { putMembers } from '../operations/record-put.ts';
import { idIn } from '../query-parameters.ts';
import type { RecordValues } from '../records/field.ts';
import { actingIn, recordPath } from './record-actions.ts';

export function createRoute({ definition, operations }: BoundRecord, body: z.ZodType, response: z.ZodType): ApiRoute {
  return {
    method: 'POST',
    path: definition.api.path,
    summary: definition.texts?.createSummary ?? `Creates ${withArticle(definition.one)}`,
    status: 201,
    ...(definition.unique === undefined && { isIdempotent: true }),
    body,
    response,
    handle: async (c: Context<Web>, request: object) => {
      const made = await operations.create?.(actingIn(c, request), request as never);
      return c.json({ ...operations.show(made?.row, c.get('deps')), ...made?.once }, 201);
    },
  };
}

export function changeRoute({ definition, operations }: BoundRecord, body: z.ZodType): ApiRoute {
  return {
    method: 'PATCH',
    path: recordPath(definition),
    summary: definition.texts?.changeSummary ?? `Changes ${withArticle(definition.one)}`,
    body,
    response: definition.answer,
    handle: async (c: Context<Web>, request: object) => {
      const row = await operations.find(c.get('deps'), idIn(c, definition));
      const changed = await operations.change?.(actingIn(c), row, request as never);
      return c.json(operations.show(changed, c.get('deps')));
    },
  };
}

/** PUT creates the record, or changes the members that the request names. */
export function putRoute(record: BoundRecord, body: z.ZodType): ApiRoute {
  const { definition, operations } = record;
  return {
    method: 'PUT',
    path: recordPath(definition),
    summary: definition.texts?.changeSummary ?? `Creates or changes ${withArticle(definition.one)}`,
    body,
    response: definition.answer,
    handle: async (c: Context<Web>, request: RecordValues) => {
      const id = idIn(c, definition);
      const members = await putMembers(record, c.get('deps'), id, request);
      const row = await operations.put?.(actingIn(c), id, requireParsed(members) as never);
      return c.json(operations.show(row, c.get('deps')));
    },
  };
}

const withArticle = (noun: string): string => (/^[aeiou]/i.test(noun) ? `an ${noun}` : `a ${noun}`);
