/** The routes of the admin API and the console that the definitions of records name, each by the role that may use it. */
import { RECORDS } from '../../src/admin/records/index.ts';
import type { ActedOn, RecordDefinition } from '../../src/admin/records/record.ts';
import { settableIn } from '../../src/admin/records/request.ts';
import { SERVER } from '../../src/admin/records/server.ts';

type Routes = { read: string[]; change: string[] };

const parametersOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

const below = (path: string, { key, parameter = 'id' }: Pick<ActedOn, 'key' | 'parameter'>): string =>
  [path, ...(key ?? [parameter]).map((name) => `:${name}`)].join('/');

const joined = (parts: readonly Routes[]): Routes => ({
  read: parts.flatMap(({ read }) => read),
  change: parts.flatMap(({ change }) => change),
});

/** The further answers and the actions of a record, or of the whole server. */
function actionRoutes(definition: ActedOn): Routes {
  const one = below(`/api/admin${definition.api.path}`, definition);
  const actions = Object.values(definition.actions).filter(({ sets, notInApi }) => !sets && !notInApi);
  return {
    read: Object.values(definition.views ?? {}).map(({ path }) => `GET ${one}${path}`),
    change: actions.map(({ method = 'DELETE', path = '' }) => `${method} ${one}${parametersOf(path)}`),
  };
}

function apiRoutes(definition: RecordDefinition): Routes {
  const { api, create, change, put } = definition;
  const path = `/api/admin${api.path}`;
  const one = below(path, definition);
  const written = [create && `POST ${path}`, change && `PATCH ${one}`, put && `PUT ${one}`];
  return joined([
    { read: [`GET ${path}`, `GET ${one}`], change: written.filter((route) => route !== undefined) },
    actionRoutes(definition),
  ]);
}

/** A form or a question: it is shown, and sent. */
const asked = (path: string): string[] => [`GET ${path}`, `POST ${path}`];

function consolePagesOf(definition: RecordDefinition): Routes {
  const { create, change, put, fields, actions } = definition;
  const { path, page, tabs = [], presets, own } = definition.console;
  if (own !== undefined) return { read: [], change: [] };
  const one = below(path, definition);
  const isForm = (schema: typeof create) => settableIn('notInConsole', fields, schema) !== undefined;
  const creating = presets ? [`GET ${path}/new`, ...asked(`${path}/new/:${presets}`)] : asked(`${path}/new`);
  const questions = Object.entries(actions).flatMap(([name, { notInConsole, page: below = `/${name}` }]) =>
    notInConsole === undefined ? asked(one + parametersOf(below)) : [],
  );
  return {
    read: [
      `GET ${path}`,
      ...(page ? [`GET ${one}`] : []),
      ...tabs.filter((tab) => tab.path !== '').map((tab) => `GET ${one}${tab.path}`),
    ],
    change: [
      ...(isForm(create ?? put) ? creating : []),
      ...(isForm(change ?? put) ? asked(`${one}/edit`) : []),
      ...questions,
    ],
  };
}

/** Routes of the admin API. */
export const definedApi: Routes = joined([...RECORDS.map(apiRoutes), actionRoutes(SERVER)]);

/** Pages of the console. */
export const definedPages: Routes = joined(RECORDS.map(consolePagesOf));
