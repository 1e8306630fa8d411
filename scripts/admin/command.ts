/** The parts of a command of `npm run admin`. */
import type * as z from 'zod';
import { escapeControlCharacters } from '../../src/protocol/control-characters.ts';
import { Failure } from '../failure.ts';
import { given } from './option-values.ts';
import { type CommandOption, flagOption, textOption, type Values } from './options.ts';

/** Calls the admin API. @throws Failure with the server's own sentence. */
export type Api = <T>(method: string, path: string, body?: unknown) => Promise<T>;

/** The options of every command. */
export const COMMON_OPTIONS: readonly CommandOption[] = [
  textOption('url', 'another server: signs in with the browser', 'https://id.example.com'),
  flagOption('json', 'the answer as JSON'),
  { ...textOption('field', 'one field of the answer and nothing else, for scripts', 'NAME'), multiple: true },
  flagOption('help', 'what the command does, and its options'),
];

// biome-ignore lint/suspicious/noExplicitAny: each command knows the answer of its own request
export type ApiAnswer = any;

export type Command = {
  /** Noun and verb. */
  name: string;
  /** The names of its parameters. */
  takes: readonly string[];
  about: string;
  /** Its own options: any other is refused. */
  options?: readonly CommandOption[];
  /** The request's body, validated by the Worker's own schema. @throws Failure */
  request: (parameters: string[], values: Values) => unknown;
  run: (api: Api, parameters: string[], request: unknown) => Promise<ApiAnswer>;
  show: (answer: ApiAnswer) => string;
};

export const nothing = () => undefined;

/** @throws Failure naming the field. */
export const validated = <S extends z.ZodType>(schema: S, value: unknown): z.infer<S> =>
  parsed(schema.safeParse(value));

/** @throws Failure naming the field. */
export function parsed<T>(result: z.ZodSafeParseResult<T>): T {
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Failure(`${issue?.path.join('.') || 'The request'}: ${issue?.message}.`);
}

/** The id of the user with this e-mail address. @throws Failure where there is none. */
export async function idOf(api: Api, email = ''): Promise<string> {
  const { users } = await api<{ users: { id: string }[] }>('GET', `/users?email=${encodeURIComponent(email)}`);
  const [user] = users;
  if (!user) throw new Failure(`There is no user with the address ${email}.`);
  return user.id;
}

/** The id of a user who is named by id or e-mail address. */
export const userIdOf = async (api: Api, user: string): Promise<string> =>
  user.includes('@') ? idOf(api, user) : user;

/** A query with the filters that were given; a user may be named by e-mail address. */
export async function queryOf(api: Api, filters: Readonly<Record<string, string | undefined>>): Promise<string> {
  const { user } = filters;
  const named = { ...filters, ...(user !== undefined && { user: await userIdOf(api, user) }) };
  return new URLSearchParams(given(named) as Record<string, string>).toString();
}

/** Every row of a list that comes in pages. */
export async function everyRow<Row>(api: Api, path: string, rows: string, query = ''): Promise<Row[]> {
  const all: Row[] = [];
  let after: string | undefined;
  do {
    const parameters = new URLSearchParams(query);
    if (after !== undefined) parameters.set('after', after);
    const page = await api<Record<string, unknown> & { next?: string }>('GET', `${path}?${parameters}`);
    all.push(...(page[rows] as Row[]));
    after = page.next;
  } while (after);
  return all;
}

/** A value on a line of its own, for names that stand in columns. */
export function plain(value: unknown): string {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.map(plain).join(' ');
  return typeof value === 'string' ? value.replaceAll('\n', '; ') : JSON.stringify(value);
}

/** A record, a field on a line. */
export function record(fields: Record<string, unknown>): string {
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  return Object.entries(fields)
    .map(([name, value]) => `${name.padEnd(width)}  ${plain(value)}`)
    .join('\n');
}

/** Rows in columns. */
export function table(rows: readonly (readonly string[])[], none: string): string {
  if (rows.length === 0) return none;
  const cells = rows.map((row) => row.map(escapeControlCharacters));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
