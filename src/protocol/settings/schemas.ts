/** The values that settings share: a switch, a number within bounds, a choice, a list with an entry per line, an address. */
import * as z from 'zod/mini';
import { isPlainText, NOT_PLAIN_TEXT } from '../control-characters.ts';
import { linesIn, quoted } from '../lines.ts';

/** The default of a setting, and the schema of its values, which is built when one is first validated. */
export type SettingValue<Value> = { initial: Value; schema: () => z.ZodMiniType<Value> };

export const withSchema = <Value>(
  initial: NoInfer<Value>,
  schema: () => z.ZodMiniType<Value>,
): SettingValue<Value> => ({
  initial,
  schema,
});

export const toggle = (initial: boolean) => withSchema(initial, () => z.boolean());

/**
 * A list, one entry per line. An entry that its reader would ignore is refused when saved.
 * @param problemOf the error of an entry; undefined for a valid one.
 */
export const list = (problemOf: (entry: string) => string | undefined, split = /\n/, initial = '') =>
  withSchema(initial, () =>
    z.string().check(
      z.maxLength(10_000),
      z.superRefine((text, context) => {
        for (const line of linesIn(text)) {
          const entries = line.text.split(split).map((entry) => entry.trim());
          for (const entry of entries.filter((one) => one !== '')) {
            const problem = problemOf(entry);
            if (problem) context.addIssue(`line ${line.number}, ${quoted(entry)}: ${problem}`);
          }
        }
      }),
    ),
  );

/** A whole number within bounds. */
export const count = (initial: number, min: number, max: number) =>
  withSchema(initial, () => z.int().check(z.minimum(min), z.maximum(max)));

export const choice = <const Values extends readonly string[]>(values: Values, initial: Values[number]) =>
  withSchema<Values[number]>(initial, () => z.enum(values));

export const plainText = () => z.string().check(z.refine(isPlainText, NOT_PLAIN_TEXT));

export const webAddress = () =>
  z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).check(z.maxLength(2000));

/** A web address, or '' for none. */
export const optionalWebAddress = () => withSchema<string>('', () => z.union([z.literal(''), webAddress()]));
