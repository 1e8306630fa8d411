/** Scopes that include others: said once, honoured wherever a scope is asked for (RFC 6749 §3.3 leaves it to us). */

/** Such as `{ files: ['files.read', 'files.write'] }`: whoever has `files` has those two. */
export type ScopeHierarchy = Readonly<Record<string, readonly string[]>>;

/** The granted scopes and all that they include, however deep, each once. */
export function withIncluded(granted: readonly string[], hierarchy: ScopeHierarchy): string[] {
  const all = new Set(granted);
  // A set that grows while it is walked: what was added is walked, too, and a circle ends by itself.
  for (const scope of all) for (const included of hierarchy[scope] ?? []) all.add(included);
  return [...all];
}
