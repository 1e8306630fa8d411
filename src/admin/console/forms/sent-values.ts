/** The values that a form was sent with. */
import type * as z from 'zod';
import type { Parameters } from '../../../http/parameters.ts';
import { inFormerOrder, readField } from './field-text.ts';
import type { FormField } from './form-field.ts';
import type { ProblemTexts } from './problems.ts';
import type { Filled, RecordForm } from './record-form.ts';

/** @returns the submitted text of a field; undefined only for a box that is not ticked. */
export function submittedText({ name, kind, known }: FormField, parameters: Parameters): string | undefined {
  if (known) {
    // The lines of the field for others come first: a problem names them by number.
    const all = parameters.all(name);
    return [...all.slice(-1), ...all.slice(0, -1)].join('\n');
  }
  if (kind.is === 'choices') return parameters.all(name).join('\n');
  return parameters.one(name) ?? (kind.is === 'toggle' ? undefined : '');
}

/** Reads the values of all fields: one left empty sets nothing, except where it removes a value of the record. */
export function readAll(
  { fields, record = {} }: Pick<RecordForm<z.ZodType>, 'fields' | 'record'>,
  typed: Filled['typed'],
  say: ProblemTexts,
) {
  const value: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const field of fields) {
    try {
      const before = record[field.name];
      const sent = readField(field, typed[field.name]) ?? (before === undefined ? undefined : field.empty);
      const ordered = inFormerOrder(field, sent, before);
      if (ordered !== undefined) value[field.name] = ordered;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      problems[field.name] = say.notJson;
    }
  }
  return { value, problems };
}
