/** The errors of single members of a JSON body (RFC 9457 §3), each by a JSON pointer. */
import type * as z from 'zod';
import type { FieldError } from './oauth-error.ts';

type Issue = Pick<z.core.$ZodIssue, 'path' | 'message'>;

/** The problems that a schema found; of an item of a list the first one. */
export function fieldErrors(issues: readonly Issue[], below: readonly PropertyKey[] = []): FieldError[] {
  const isFirst = ({ path }: Issue, index: number) =>
    issues.findIndex((other) => pointerTo(other.path) === pointerTo(path)) === index;
  const kept = issues.filter((issue, index) => typeof issue.path.at(-1) !== 'number' || isFirst(issue, index));
  return kept.map(({ path, message }) => ({ pointer: pointerTo([...below, ...path]), detail: message }));
}

/** A JSON pointer as a fragment (RFC 6901 §6). */
const pointerTo = (path: readonly PropertyKey[]): string =>
  `#${path.map((part) => `/${encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`;

/** The members that a pointer of `fieldErrors` leads through; the index of an item is a number. */
export const pathOf = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
