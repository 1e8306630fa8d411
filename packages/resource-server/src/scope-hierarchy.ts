/** Scopes that include others: said once, honoured wherever a scope is asked for (RFC 6749 §3.3 leaves it to us). */
import { OFFLINE_ACCESS } from '../../../src/protocol/scope-names.ts';

/** RFC 6749 §3.3: scope-token. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Such as `{ files: ['files.read', 'files.write'] }`: the scope `files` includes those two. */
export type ScopeHierarchy = Readonly<Record<string, readonly string[]>>;

/** The granted scopes and all that they include, however deep, each once. */
export function withIncluded(granted: readonly string[], hierarchy: ScopeHierarchy): string[] {
  const all = new Set(granted);
  // The set grows during iteration: included scopes are visited, too, and cycles end.
  for (const scope of all) for (const included of hierarchy[scope] ?? []) all.add(included);
  return [...all];
}

/**
 * The scopes of a token that a challenge names again: those that no other one of them includes, and never
 * `offline_access` (MCP 2026-07-28: resource servers SHOULD NOT include it in a challenge).
 */
export function grantedScopes(scopes: readonly string[], hierarchy: ScopeHierarchy): string[] {
  let kept = [...new Set(scopes)].filter((scope) => scope !== OFFLINE_ACCESS && SCOPE_TOKEN.test(scope));
  for (const scope of kept) {
    const others = kept.filter((other) => other !== scope);
    if (withIncluded(others, hierarchy).includes(scope)) kept = others;
  }
  return kept;
}
