/** JSON objects (RFC 8259 §4) among values of unknown type. */

/** @returns true for an object with members: neither null nor an array. */
export const isJsonObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
