/** Members of JSON objects that are not set: for an optional member absent, `null` and empty are the same. */

import { isJsonObject } from './json-object.ts';
/** @returns true for null, a text of spaces, an empty list or object, a key set without keys. */
export function isNotSet(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'string') return /^ *$/.test(value);
  if (typeof value !== 'object') return false;
  return Array.isArray(value) ? value.length === 0 : Object.values(value).every(isNotSet);
}

/** An object without the members that are not set; any other value unchanged. */
export function presentMembers(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => !isNotSet(member)));
}
