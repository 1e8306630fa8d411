/** What a command of `npm run admin` is made of. */
import type { parseArgs } from 'node:util';
import type * as z from 'zod';
import { Failure } from '../failure.ts';

/** Asks the admin API. @throws Failure with the server's own sentence. */
export type Api = <T>(method: string, path: string, body?: unknown) => Promise<T>;

export const OPTIONS = {
  url: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  name: { type: 'string' },
  'redirect-uri': { type: 'string', multiple: true },
  'auth-method': { type: 'string' },
  scope: { type: 'string' },
  'grant-type': { type: 'string', multiple: true },
  role: { type: 'string', multiple: true },
  'given-name': { type: 'string' },
  'family-name': { type: 'string' },
  picture: { type: 'string' },
  'email-verified': { type: 'string' },
  origin: { type: 'string', multiple: true },
  trusted: { type: 'boolean' },
  metadata: { type: 'string' },
  'acts-as': { type: 'string' },
  exchange: { type: 'string' },
  'overlap-hours': { type: 'string' },
  documentation: { type: 'string' },
  'policy-uri': { type: 'string' },
  'tos-uri': { type: 'string' },
  'resource-scope': { type: 'string', multiple: true },
  minutes: { type: 'string' },
  jwks: { type: 'string' },
  'jwks-uri': { type: 'string' },
  'match-email': { type: 'boolean' },
  'require-par': { type: 'boolean' },
  'require-dpop': { type: 'boolean' },
  uses: { type: 'string' },
  days: { type: 'string' },
  client: { type: 'string', multiple: true },
  person: { type: 'string' },
  grant: { type: 'string' },
  type: { type: 'string' },
  subject: { type: 'string' },
  actor: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  app: { type: 'string' },
  issuer: { type: 'string' },
  resource: { type: 'string' },
  'client-id': { type: 'string' },
  'client-secret': { type: 'string' },
  api: { type: 'string', multiple: true },
  'raw-tokens': { type: 'string' },
  dpop: { type: 'string' },
  'return-to': { type: 'string', multiple: true },
  query: { type: 'string' },
  'base-url': { type: 'string' },
  endpoints: { type: 'string' },
  login: { type: 'string' },
  'sign-up': { type: 'string' },
  'trust-email': { type: 'string' },
  'trust-fresh': { type: 'string' },
  'link-by-email': { type: 'string' },
  tenant: { type: 'string', multiple: true },
  'any-tenant': { type: 'string' },
  'team-id': { type: 'string' },
  'key-id': { type: 'string' },
  'user-id': { type: 'string' },
} as const;

export type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

// biome-ignore lint/suspicious/noExplicitAny: each command knows the answer of its own request
type Answer = any;

export type Command = {
  /** Noun and verb. */
  name: string;
  takes: string[];
  about: string;
  /** The request's body, validated by the Worker's own schema. @throws Failure */
  request: (parameters: string[], values: Values) => unknown;
  run: (api: Api, parameters: string[], request: unknown) => Promise<Answer>;
  show: (answer: Answer) => string;
};

export const nothing = () => undefined;

/** One record by its id. @param noun also the path of its kind. @param id what the id is called. */
export const showing = (noun: string, id: string, about: string): Command => ({
  name: `${noun} show`,
  takes: [id],
  about,
  request: nothing,
  run: (api, [id = '']) => api('GET', `/${noun}/${encodeURIComponent(id)}`),
  show: record,
});

/** @throws Failure naming the field. */
export function validated<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Failure(`${issue?.path.join('.') || 'The request'}: ${issue?.message}.`);
}

/** Leaves out what was not given. */
export function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** @throws Failure for what is not JSON. */
export function parseJson(option: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(`--${option} must be JSON.`);
  }
}

/** @throws Failure for what is not a number. */
export function parseNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Failure(`--${option} must be a number.`);
  return Number(text);
}

/** @throws Failure for what is neither yes nor no. */
export function parseSwitch(option: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text !== 'yes' && text !== 'no') throw new Failure(`--${option} is yes or no.`);
  return text === 'yes';
}

/** The id of the person with this e-mail address. @throws Failure where there is nobody. */
export async function idOf(api: Api, email = ''): Promise<string> {
  const { people } = await api<{ people: { id: string }[] }>('GET', `/people?email=${encodeURIComponent(email)}`);
  const [person] = people;
  if (!person) throw new Failure(`There is nobody with the address ${email}.`);
  return person.id;
}

/** A value on a line of its own, for names that stand in columns. */
export const plain = (value: unknown) =>
  typeof value === 'string' ? value.replaceAll('\n', '; ') : JSON.stringify(value);

/** A record, a field on a line. */
export function record(fields: Record<string, unknown>): string {
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  return Object.entries(fields)
    .map(([name, value]) => `${name.padEnd(width)}  ${plain(value)}`)
    .join('\n');
}

/** Rows in columns. */
export function table(rows: string[][], none: string): string {
  if (rows.length === 0) return none;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
