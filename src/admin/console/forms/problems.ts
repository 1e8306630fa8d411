/** Sentences about what is wrong with a form, by its fields: of a list a sentence for each line, which names it. */
import type * as z from 'zod';
import type { Texts } from '../../../locales/index.ts';
import { pathOf } from '../../../protocol/field-errors.ts';
import { type Line, quoted } from '../../../protocol/lines.ts';
import type { OAuthError } from '../../../protocol/oauth-error.ts';
import { lineOf } from './field-text.ts';
import type { FormField } from './form-field.ts';

export type ProblemTexts = Texts['console']['form'];

type Typed = Readonly<Record<string, string | undefined>>;
type Issue = Pick<z.core.$ZodIssue, 'path' | 'message'> & { code?: string | undefined; format?: unknown };

/** Messages of the schema by field; one about no field of the form is shown at the first. */
export function problemsOf(issues: readonly Issue[], fields: readonly FormField[], typed: Typed, say: ProblemTexts) {
  const problems = new Map<string, Map<unknown, string>>();
  for (const issue of issues) {
    const [first, part] = issue.path;
    const field = fields.find(({ name }) => name === first) ?? fields[0];
    if (!field) continue;
    const ofField = problems.get(field.name) ?? new Map<unknown, string>();
    problems.set(field.name, ofField);
    // Of one line the first problem.
    const about = typeof part === 'number' ? part : ofField.size;
    if (!ofField.has(about)) ofField.set(about, sentenceAbout(issue, field, typed[field.name], say));
  }
  return Object.fromEntries([...problems].map(([name, sentences]) => [name, [...sentences.values()].join('\n')]));
}

function sentenceAbout(issue: Issue, field: FormField, text: string | undefined, say: ProblemTexts): string {
  const { path, message, code, format } = issue;
  const { kind } = field;
  if (kind.is === 'number') return say.between(kind.least, kind.most);
  if (isEmpty(text) && kind.is !== 'toggle' && path.length > 0) return say.missing;
  const isAddress = code === 'invalid_format' && format === 'url';
  const [, part] = path;
  const line = typeof part === 'symbol' || part === undefined ? undefined : lineOf(field, text ?? '', part);
  if (line) return aboutLine(line, isAddress ? say.address : message, say);
  if (isAddress) return say.address;
  return asSentence(part === undefined ? message : `${String(part)}: ${message}`);
}

const isEmpty = (text: string | undefined): boolean => (text ?? '').trim() === '';

/** A problem of one line, which it names by number and text. */
export const aboutLine = ({ number, text }: Line, problem: string, say: ProblemTexts): string =>
  `${say.line(number)}${quoted(text)}: ${ended(problem)}`;

/** A message as a sentence. */
function asSentence(message: string): string {
  return ended(message.charAt(0).toUpperCase() + message.slice(1));
}

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The problems of a refusal by an operation; undefined where it is about no field of the form. */
export function problemsOfRefusal(
  { description, fields: errors }: Pick<OAuthError, 'description' | 'fields'>,
  fields: readonly FormField[],
  typed: Typed,
  say: ProblemTexts,
): Record<string, string> | undefined {
  const isField = (part: string | number) => fields.some(({ name }) => name === part);
  const issues = errors.flatMap(({ pointer, detail }) => {
    const path = pathOf(pointer);
    const start = path.findIndex(isField);
    return start < 0 ? [] : [{ path: path.slice(start), message: detail }];
  });
  if (issues.length > 0) return problemsOf(issues, fields, typed, say);
  const [, name = '', sentence = ''] = /^(\w+): (.*)$/s.exec(description) ?? [];
  return isField(name) ? { [name]: sentence } : undefined;
}
