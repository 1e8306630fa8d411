/** The routes of a record's actions and further answers in the admin API, from its definition. */
import type { Context } from 'hono';
import type { ApiRoute, ApiTable } from '../../http/api/routes.ts';
import type { Web } from '../../http/context.ts';
import { actingOf } from '../operations/acting.ts';
import { act, type BoundActions } from '../operations/record.ts';
import { idIn, keyOf } from '../query-parameters.ts';
import { type ActionDefinition, needsBody, parametersIn } from '../records/action.ts';
import type { ActedOn } from '../records/record.ts';
import type { ViewDefinition } from '../records/view.ts';
import { actorOf, creationOf } from './authenticate.ts';

export const recordPath = (definition: ActedOn): string =>
  definition.api.path +
  keyOf(definition)
    .map((name) => `/{${name}}`)
    .join('');

export const actingIn = (c: Context<Web>, request: object = {}) =>
  actingOf(c.get('deps'), actorOf(c), creationOf(c, request));

/** The routes of views and actions, and their schemas. */
export function actionApi(record: BoundActions): Pick<ApiTable, 'routes' | 'requestSchemas' | 'responseSchemas'> {
  const { actions, views = {} } = record.definition;
  const bodies = Object.values(actions).flatMap(({ body }) => (body ? [[body.name, body.schema]] : []));
  const further = [...Object.values(actions), ...Object.values(views)];
  return {
    requestSchemas: Object.fromEntries(bodies),
    responseSchemas: Object.fromEntries(
      further.flatMap(({ answer }) => (typeof answer === 'object' ? [[answer.name, answer.schema]] : [])),
    ),
    routes: { ...actionRoutes(record), ...viewRoutes(record) },
  };
}

/** A route for each action that is no change; DELETE of the record itself is named after its type. */
function actionRoutes(record: BoundActions): ApiTable['routes'] {
  const { type, actions } = record.definition;
  return Object.fromEntries(
    Object.entries(actions)
      .filter(([, { sets, notInApi }]) => sets === undefined && notInApi === undefined)
      .map(([name, action]) => [action.operationId ?? `delete${type}`, actionRoute(record, name, action)]),
  );
}

function actionRoute(record: BoundActions, name: string, action: ActionDefinition): ApiRoute {
  const { definition, operations } = record;
  const { method = 'DELETE', path = '', summary, body, flags, answer, isIdempotent } = action;
  const response = answer === 'record' ? definition.answer : answer?.schema;
  const named = [...parametersIn(path), ...Object.keys(flags ?? {})];
  return {
    method,
    path: recordPath(definition) + path,
    summary,
    ...(flags && { query: Object.fromEntries(Object.entries(flags).map(([flag, { help }]) => [flag, help])) }),
    ...(body && { body: body.schema, ...(!needsBody(action) && { bodyIsOptional: true }) }),
    ...(response && { response }),
    ...(isIdempotent && { isIdempotent }),
    handle: async (c: Context<Web>, sent: object | undefined) => {
      const deps = c.get('deps');
      const row = await operations.find(deps, idIn(c, definition));
      const read = (one: string) => [one, c.req.param(one) ?? c.req.query(one)];
      const request = sent ?? Object.fromEntries(named.map(read));
      const done = await act(record, [name, action], actingIn(c, request), row, request);
      if (!answer) return c.body(null, 204);
      return c.json(answer === 'record' ? operations.show(done, deps) : (done as object));
    },
  };
}

/** A route for each further answer about one record. */
const viewRoutes = (record: BoundActions): ApiTable['routes'] =>
  Object.fromEntries(
    Object.entries(record.definition.views ?? {}).map(([name, view]) => [
      view.operationId,
      viewRoute(record, name, view),
    ]),
  );

function viewRoute({ definition, operations }: BoundActions, name: string, view: ViewDefinition): ApiRoute {
  const { path, summary, query, answer } = view;
  return {
    method: 'GET',
    path: recordPath(definition) + path,
    summary,
    ...(query && { query: { ...query } }),
    response: answer.schema,
    handle: async (c: Context<Web>) => {
      const row = await operations.find(c.get('deps'), idIn(c, definition));
      return c.json((await operations.views?.[name]?.(actingIn(c), row, c.req.query())) ?? {});
    },
  };
}
