/** The value of a field as text, and the text as a value. */
import * as z from 'zod';
import { type Line, linesIn } from '../../../protocol/lines.ts';
import type { FieldKind } from '../../records/kind.ts';
import type { FormField } from './form-field.ts';

/** @returns the value of a record as the text of the field. */
export function writtenOf({ kind, known }: FormField, value: unknown): string | undefined {
  if (value === undefined || value === null || value === false || kind.is === 'secret') return undefined;
  if (kind.is === 'list' || kind.is === 'choices') return (value as string[]).join('\n');
  if (known) return spacesToLines(String(value));
  if (kind.is === 'json') return JSON.stringify(value, null, 2);
  if (kind.is === 'pairs')
    return Object.entries(value)
      .map((pair) => pair.join('='))
      .join('\n');
  if (kind.is !== 'named') return String(value);
  return (value as Named[]).map(({ name, description }) => `${name} ${description}`).join('\n');
}

type Named = { name: string; description: string };

/** Names separated by spaces, one on a line. */
const spacesToLines = (text: string): string => text.replaceAll(/\s+/g, '\n');

export const linesOf = (text: string): string[] => [...new Set(linesIn(text).map((line) => line.text))];

/** The line of a text that an entry of its value was read from: by its index, or by its name in pairs. */
export function lineOf({ kind }: FormField, text: string, entry: string | number): Line | undefined {
  if (kind.is !== 'list' && kind.is !== 'named' && kind.is !== 'pairs') return undefined;
  const lines = linesIn(text);
  if (typeof entry === 'string') return lines.findLast((line) => cut(line.text, /=/)[0] === entry);
  const distinct = linesOf(text)[entry];
  return lines.find((line) => line.text === distinct);
}

/** Cuts a line in two; the second half is empty where there is nothing to cut at. */
function cut(line: string, at: RegExp): [string, string] {
  const found = line.search(at);
  return found < 0 ? [line, ''] : [line.slice(0, found).trim(), line.slice(found + 1).trim()];
}

/**
 * Parses the text of a field into the value that the schema takes; undefined for a field left empty.
 * @throws SyntaxError where the text of a JSON field is not JSON.
 */
export function readField({ kind, known }: FormField, text: string | undefined): unknown {
  if (kind.is === 'toggle') return text !== undefined;
  if (kind.is === 'choices') return linesOf(text ?? '');
  if (text === undefined || text.trim() === '') return undefined;
  if (kind.is === 'number') return Number(text);
  if (kind.is === 'list') return linesOf(text);
  if (known) return linesOf(spacesToLines(text)).join(' ');
  if (kind.is === 'pairs') return Object.fromEntries(linesOf(text).map((line) => cut(line, /=/)));
  if (kind.is === 'json') return JSON.parse(text);
  // A problem names its lines by number: empty ones before them stay.
  if (kind.is === 'lines') return text.trimEnd();
  if (kind.is !== 'named') return text.trim();
  return linesOf(text)
    .map((line) => cut(line, /\s/))
    .map(([name, description]): Named => ({ name, description }));
}

/** The former value where the boxes and the field for others have the same names in another order. */
export function inFormerOrder(field: FormField, value: unknown, before: unknown): unknown {
  if (!field.known || value === undefined || before === undefined || before === null) return value;
  const sorted = (one: unknown) =>
    linesOf(writtenOf(field, one) ?? '')
      .toSorted()
      .join('\n');
  return sorted(value) === sorted(before) ? before : value;
}

/** @returns the value that an emptied field sets: an empty list or empty pairs, null where it is accepted, else undefined. */
export function emptyOf(schema: z.core.$ZodType, { is }: FieldKind): unknown {
  if (is === 'list' || is === 'named') return [];
  if (is === 'pairs') return {};
  const takes = (value: unknown) => z.safeParse(schema, value).success;
  if (takes(null)) return null;
  const isText = (is === 'text' || is === 'lines') && !takes(undefined);
  return isText && takes('') ? '' : undefined;
}
