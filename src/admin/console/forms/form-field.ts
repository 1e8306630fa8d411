/** One field of a form. */
import type { Choice } from '../../../ui/choice-fields.tsx';
import type { FieldKind } from '../../records/kind.ts';

export type FormField = {
  name: string;
  kind: FieldKind;
  optional: boolean;
  label?: string;
  help: string;
  /** The meaning of choices, by value. */
  choices?: Readonly<Record<string, string>> | undefined;
  /** @returns true where a value is required, given those of all fields. */
  required?: (value: Record<string, unknown>) => boolean;
  /** The value of an emptied field; undefined where the former value is kept. */
  empty: unknown;
  /** The values that are offered as boxes, beside a field for others. */
  known?: readonly Choice[] | undefined;
};
