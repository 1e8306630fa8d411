/** The values of the options of a command, as the fields of a record take them. */
import { readFileSync } from 'node:fs';
import { Failure } from '../failure.ts';
import { type FieldOption, isSecret, type Values } from './options.ts';

/** The fields that the options name, each as its schema takes it. @throws Failure */
export function fieldsIn(options: readonly FieldOption[], values: Values): Record<string, unknown> {
  const fields = options.map((option) => [option.field, readOption(option, values[option.name])] as const);
  return given(Object.fromEntries(fields));
}

/** @throws Failure for what is not of the field's kind. */
function readOption({ name, field, kind, nullable, yesNo }: FieldOption, value: Values[string]): unknown {
  if (value === undefined) return undefined;
  if (value === '' && nullable) return null;
  // Not in the history of the shell.
  if (value === '-' && isSecret(field)) return readFileSync(0, 'utf8').trim();
  if (yesNo) return parseSwitch(name, String(value));
  if (kind === 'number') return parseNumber(name, String(value));
  if (kind === 'json' || kind === 'pairs') return parseJson(name, String(value));
  if (kind === 'named') return [value].flat().map((text) => namedIn(String(text)));
  if (kind === 'list' && name === 'scope')
    return [value].flat().flatMap((text) => String(text).split(' ').filter(Boolean));
  // An empty text empties the list.
  if (kind === 'list') return [value].flat().filter((text) => text !== '');
  return value;
}

/** The name, then a space, then the text that users read. */
function namedIn(text: string) {
  const [name = '', ...words] = text.split(' ');
  return { name, description: words.join(' ') || name };
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
function parseNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Failure(`--${option} must be a number.`);
  return Number(text);
}

/** @throws Failure for what is neither yes nor no. */
function parseSwitch(option: string, text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw new Failure(`--${option} is yes or no.`);
  return text === 'yes';
}
