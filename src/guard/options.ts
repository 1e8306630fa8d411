/** What whoever protects a resource says about it: once, and everything else follows. */
import { PROOF_ALGORITHMS } from '../crypto/assertion.ts';
import { canonicalise } from '../protocol/canonical-resource.ts';
import { proofCameBefore } from '../protocol/dpop.ts';
import { MINUTE } from '../protocol/lifetimes.ts';
import type { ProofPolicy } from './dpop.ts';
import { noncesOf } from './nonces.ts';
import type { TokenVerifier } from './principal.ts';
import type { ResourceFacts } from './resource-document.ts';
import type { Scheme } from './scheme.ts';
import { schemesFor } from './schemes.ts';
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
  /** Tokens that are bound to a key (RFC 9449). They are always accepted with a proof, and never without. */
  dpop?: {
    /** Only such tokens are accepted. */
    required?: boolean;
    /** Proofs must carry a nonce of this resource: 32 random characters or more, the same in all its isolates. */
    nonceSecret?: string;
    /** The origin by which clients know this resource, where a proxy changes it. */
    origin?: string;
    /**
     * Asked about each proof that is right: remember `key` until `until` (milliseconds), and say whether it came before.
     * Without it a proof is bound to the method, the address, the token, five minutes and the nonce.
     */
    cameBefore?: (key: string, until: number) => boolean | Promise<boolean>;
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
export type Protection = GuardOptions & {
  resource: string;
  audiences: readonly string[];
  scopes: readonly string[];
  schemes: readonly Scheme[];
};

const judged = new WeakMap<GuardOptions, Protection>();

/** @throws TypeError for options that cannot work, at the first request. */
export function protectionOf(options: GuardOptions): Protection {
  let protection = judged.get(options);
  if (!protection) {
    const resource = canonicalise(options.resource);
    if (!resource?.startsWith('http') || !URL.canParse(options.issuer)) {
      throw new TypeError('issuer and resource must be URLs, and resource without a fragment');
    }
    const schemes = schemesFor(proofPolicyOf(options.dpop), options.dpop?.required === true);
    protection = { ...options, resource, audiences: [resource], scopes: options.scopes ?? [], schemes };
    judged.set(options, protection);
  }
  return protection;
}

/** @throws TypeError for a secret that is too short. */
function proofPolicyOf({ nonceSecret, origin, cameBefore }: NonNullable<GuardOptions['dpop']> = {}): ProofPolicy {
  return {
    nonces: nonceSecret === undefined ? undefined : noncesOf(nonceSecret),
    addressOf: origin === undefined ? undefined : (request) => origin + new URL(request.url).pathname,
    async accept({ thumbprint, jti, goodUntil }) {
      if (await cameBefore?.(`${thumbprint}:${jti}`, goodUntil + MINUTE)) throw proofCameBefore();
    },
  };
}

export function factsOf({ resource, issuer, scopes, dpop, description = {} }: Protection): ResourceFacts {
  const proofs = { proofAlgorithms: PROOF_ALGORITHMS, onlyBound: dpop?.required };
  return { resource, issuer, ...description, ...proofs, scopes: description.scopes ?? scopes };
}
