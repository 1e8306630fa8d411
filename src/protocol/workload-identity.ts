/** Workload identity: a client that authenticates by a JWT that another issuer made for it (RFC 7523 §2.2). */
import type { WorkloadIdentity } from './workload-identity-schema.ts';

/** @returns true if the text has the form of the pattern: `*` is text without `:` and `/`, and `**` at its end any text. */
export function matchesPattern(text: string, pattern: string): boolean {
  const source = pattern
    .split(/(\*+)/)
    .map((part) =>
      part === '*' ? '[^:/]+' : part === '**' ? '[^]+' : part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'),
    );
  return new RegExp(`^${source.join('')}$`).test(text);
}

/** The name of the first claim that the workload identity does not accept; undefined where all are accepted. */
export function unacceptedClaim(
  { subjects, claims = {} }: WorkloadIdentity,
  presented: Readonly<Record<string, unknown>>,
): string | undefined {
  const isAccepted = (name: string, patterns: readonly string[]): boolean => {
    const value = Object.hasOwn(presented, name) ? presented[name] : undefined;
    return typeof value === 'string' && patterns.some((pattern) => matchesPattern(value, pattern));
  };
  if (!isAccepted('sub', subjects)) return 'sub';
  return Object.entries(claims).find(([name, pattern]) => !isAccepted(name, [pattern]))?.[0];
}
