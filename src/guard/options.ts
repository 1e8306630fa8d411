/** What whoever protects a resource says about it: once, and everything else follows. */
import { canonicalise } from '../protocol/canonical-resource.ts';
import type { TokenVerifier } from './principal.ts';
import type { ResourceFacts } from './resource-document.ts';
import type { ScopeHierarchy } from './scope-hierarchy.ts';

export type GuardOptions = {
  /** The address of the authorization server, byte for byte as its metadata says it. */
  issuer: string;
  /** The address of this resource, which its tokens must name as their audience. */
  resource: string;
  /** Every scope that the operation needs. */
  scopes?: readonly string[];
  /** Scopes that include others: `{ files: ['files.read', 'files.write'] }`. */
  hierarchy?: ScopeHierarchy;
  /** What the resource's description says beside that (RFC 9728 §2). */
  description?: {
    name?: string;
    documentation?: string;
    policyUri?: string;
    tosUri?: string;
    /** The scopes worth asking for; without it, those of `scopes`. */
    scopes?: readonly string[];
  };
  /** The protection space that the challenge names (RFC 9110 §11.5). */
  realm?: string;
} & Revocation;

/**
 * How soon a token that was revoked is refused. Without a word: when it expires, minutes later, and nobody is asked.
 * `immediate` asks the verifier about every token: `introspection(…)`, or a binding to the issuer's own Worker.
 */
export type Revocation =
  | { revocation?: 'at-expiry'; verifier?: undefined }
  | { revocation: 'immediate'; verifier: TokenVerifier };

/** The options, judged and completed. */
export type Protection = GuardOptions & { resource: string; audiences: readonly string[]; scopes: readonly string[] };

const judged = new WeakMap<GuardOptions, Protection>();

/** @throws TypeError for options that cannot work, at the first request. */
export function protectionOf(options: GuardOptions): Protection {
  let protection = judged.get(options);
  if (!protection) {
    const resource = canonicalise(options.resource);
    if (!resource?.startsWith('http') || !URL.canParse(options.issuer)) {
      throw new TypeError('issuer and resource must be URLs, and resource without a fragment');
    }
    protection = { ...options, resource, audiences: [resource], scopes: options.scopes ?? [] };
    judged.set(options, protection);
  }
  return protection;
}

export function factsOf({ resource, issuer, scopes, description = {} }: Protection): ResourceFacts {
  return { resource, issuer, ...description, scopes: description.scopes ?? scopes };
}
