/** Options of an API, validated before they protect anything: a misspelt one would open what it was to close. */
import * as z from 'zod/mini';
import { canonicalResource } from './canonical-resource.ts';

/** Scopes: RFC 6749 §3.3, and the two characters that a challenge can escape. */
export const ScopesOption = z.array(z.string().check(z.regex(/^[\x21-\x7e]+$/)));

/** An absolute URL of an origin, and perhaps a path. */
export const AddressOption = z.string().check(z.refine(isAddress));

/** The identifier of a resource (RFC 8707 §2). */
export const ResourceOption = z
  .string()
  .check(z.refine((text) => canonicalResource(text)?.startsWith('http') === true));

/** Seconds, from 60. */
export const MaxAgeOption = z.optional(z.int().check(z.minimum(60)));

export const FunctionOption = z.custom<(...parameters: never[]) => unknown>((value) => typeof value === 'function');

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && search + hash === '';
}

/** @throws TypeError that names the option that is not valid, and the function that was called with it. */
export function validateOptions(schema: z.ZodMiniType, options: unknown, calledFunction: string): void {
  const issue = schema.safeParse(options).error?.issues[0];
  if (!issue) return;
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const name = [...issue.path, ...unknown].map(String).join('.') || 'what is given';
  throw new TypeError(`${calledFunction}: ${name} ${unknown.length > 0 ? 'is no option' : 'is missing or not valid'}`);
}
