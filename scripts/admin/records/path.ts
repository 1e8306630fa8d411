/** The path of a record in the admin API, from the parameters of a command. */
import type { RecordFields, RecordValues } from '../../../src/admin/records/field.ts';
import type { ActedOn } from '../../../src/admin/records/record.ts';
import { type Api, userIdOf } from '../command.ts';

export const EMAIL = 'e-mail';

/** The names of the parameters that identify one record. */
export const keyNames = ({ command }: Pick<ActedOn, 'command'>): string[] => command.id.split(' / ').filter(Boolean);

/** The path of the record that the first parameters name; a user may be named by e-mail address. */
export async function apiPath(
  api: Api,
  definition: Pick<ActedOn, 'api' | 'command'>,
  parameters: readonly string[],
): Promise<string> {
  const parts = keyNames(definition).map(async (name, index) => {
    const given = parameters[index] ?? '';
    return encodeURIComponent(name === EMAIL ? await userIdOf(api, given) : given);
  });
  return [definition.api.path, ...(await Promise.all(parts))].join('/');
}

/** The names of members that are given by position: a user by e-mail address. */
export const parameterNames = (fields: RecordFields, positions: readonly string[]): string[] =>
  positions.map((name) => (fields[name]?.display === 'user' || name === 'email' ? EMAIL : name));

/** Users are named by e-mail address on the command line, and by id in the API. @param names members that may name one. */
export async function withUserIds(
  api: Api,
  fields: RecordFields,
  names: readonly string[],
  request: RecordValues,
): Promise<RecordValues> {
  const isUser = (name: string) => names.includes(name) && fields[name]?.display === 'user';
  const entries = Object.entries(request).map(async ([name, value]) => [
    name,
    isUser(name) && value !== undefined ? await userIdOf(api, String(value)) : value,
  ]);
  return Object.fromEntries(await Promise.all(entries));
}
