/** The options of a protected resource. */
import * as z from 'zod/mini';
import { DPOP_ALGORITHMS } from '../../../src/crypto/self-signed-jwt.ts';
import { canonicalResource } from '../../../src/protocol/canonical-resource.ts';
import { dpopProofReplayed } from '../../../src/protocol/dpop.ts';
import { MINUTE } from '../../../src/protocol/lifetimes.ts';
import {
  AddressOption,
  FunctionOption,
  MaxAgeOption,
  ResourceOption,
  ScopesOption,
  validateOptions,
} from '../../../src/protocol/valid-options.ts';
import type { ProofPolicy } from './dpop.ts';
import { publishedKeys } from './issuer-tokens.ts';
import { noncesOf } from './nonces.ts';
import type { OnRefusal } from './on-refusal.ts';
import type { TokenVerifier } from './principal.ts';
import { warn } from './refused.ts';
import type { ResourceFacts } from './resource-document.ts';
import type { Scheme } from './scheme.ts';
import { schemesFor } from './schemes.ts';
import type { ScopeHierarchy } from './scope-hierarchy.ts';

export type GuardOptions = {
  /** The issuer identifier of the authorization server, byte for byte as in its metadata. */
  issuer: string;
  /**
   * The identifier of this resource, byte for byte as in its metadata. The audience of its tokens must contain it, with
   * or without a trailing slash.
   */
  resource: string;
  /** The scopes that the operation needs, all of them. */
  scopes?: readonly string[];
  /** Scopes that include others: `{ files: ['files.read', 'files.write'] }`. */
  hierarchy?: ScopeHierarchy;
  /** Further members of the protected resource metadata (RFC 9728 §2). */
  description?: {
    name?: string;
    documentation?: string;
    policyUri?: string;
    tosUri?: string;
    /** The scopes that clients should request. Default: those of `scopes`. */
    scopes?: readonly string[];
  };
  /** Sender-constrained tokens (RFC 9449). They are always accepted with a proof, and never without. */
  dpop?: {
    /** Accepts only sender-constrained tokens. */
    required?: boolean;
    /**
     * Requires a nonce of this resource in proofs. The secret has at least 32 random characters, the same in all
     * isolates.
     */
    nonceSecret?: string;
    /**
     * The URL prefix under which clients call this resource behind a proxy: an origin (`https://api.example.com`), with
     * the part of the path that the proxy removes, if any (`https://api.example.com/v1/notes`).
     */
    origin?: string;
    /**
     * Replay detection: stores `key` until `until` (milliseconds), and returns true where it was stored before. Without
     * it a proof is bound to the method, the URL, the token, five minutes and the nonce.
     */
    isReplay?: (key: string, until: number) => boolean | Promise<boolean>;
  };
  /** The `realm` of the challenge (RFC 9110 §11.5). */
  realm?: string;
  /**
   * The maximum age of the issuer's keys in seconds, at least 60. Default: a day. Within it they are refreshed as their
   * HTTP headers say; older keys validate no token, even while the issuer does not respond.
   */
  keysMaxAgeSeconds?: number;
  /**
   * Receives the reasons for which the issuer or a token was refused and that may need a fix, each once an hour.
   * Default: `console.warn`.
   */
  onRefusal?: OnRefusal;
} & Revocation;

/**
 * The handling of revoked tokens. Without a verifier they are accepted until they expire. A verifier validates every
 * token at the issuer: `introspection(…)`, or a binding to the issuer's Worker. `immediate` requires one.
 */
export type Revocation =
  | { revocation?: 'at-expiry'; verifier?: TokenVerifier | undefined }
  | { revocation: 'immediate'; verifier: TokenVerifier };

const Options = z.strictObject({
  issuer: AddressOption,
  resource: ResourceOption,
  // An option that is present but undefined is a misspelt name, which would disable the check.
  scopes: z.exactOptional(ScopesOption),
  hierarchy: z.optional(z.record(z.string(), ScopesOption)),
  description: z.optional(
    z.strictObject({
      name: z.optional(z.string()),
      documentation: z.optional(z.string()),
      policyUri: z.optional(z.string()),
      tosUri: z.optional(z.string()),
      scopes: z.optional(ScopesOption),
    }),
  ),
  dpop: z.optional(
    z.strictObject({
      required: z.optional(z.boolean()),
      nonceSecret: z.exactOptional(z.string().check(z.minLength(32))),
      origin: z.optional(AddressOption),
      isReplay: z.optional(FunctionOption),
    }),
  ),
  realm: z.optional(z.string().check(z.regex(/^[\x20-\x7e]*$/))),
  keysMaxAgeSeconds: MaxAgeOption,
  onRefusal: z.optional(FunctionOption),
  revocation: z.optional(z.enum(['at-expiry', 'immediate'])),
  verifier: z.optional(z.custom<TokenVerifier>(isVerifier)),
});

function isVerifier(value: unknown): boolean {
  return typeof (value as Partial<TokenVerifier> | null)?.verify === 'function';
}

/** The validated options with defaults. */
export type Protection = GuardOptions & {
  audiences: readonly string[];
  scopes: readonly string[];
  schemes: readonly Scheme[];
  verifier: TokenVerifier;
  onRefusal: OnRefusal;
};

const validated = new WeakMap<GuardOptions, Protection>();

/** Validates the options. @throws TypeError for invalid ones. */
export function protectionOf(options: GuardOptions): Protection {
  let protection = validated.get(options);
  if (!protection) {
    validateOptions(Options, options, 'the guard');
    if (options.revocation === 'immediate' && !options.verifier) {
      throw new TypeError("the guard: verifier is missing, which revocation: 'immediate' needs");
    }
    const { issuer, scopes = [], dpop, onRefusal = warn, verifier = publishedKeys(issuer, options) } = options;
    const schemes = schemesFor(proofPolicyOf(dpop), dpop?.required === true);
    const audiences = [...new Set([options.resource, canonicalResource(options.resource) ?? ''])];
    protection = { ...options, audiences, scopes, schemes, verifier, onRefusal };
    validated.set(options, protection);
  }
  return protection;
}

function proofPolicyOf({ nonceSecret, origin, isReplay }: NonNullable<GuardOptions['dpop']> = {}): ProofPolicy {
  const prefix = origin?.replace(/\/+$/, '');
  return {
    nonces: nonceSecret === undefined ? undefined : noncesOf(nonceSecret),
    addressOf: prefix === undefined ? undefined : (request) => prefix + new URL(request.url).pathname,
    async accept({ thumbprint, jti, replayableUntil: goodUntil }) {
      if (await isReplay?.(`${thumbprint}:${jti}`, goodUntil + MINUTE)) throw dpopProofReplayed();
    },
  };
}

export function resourceFactsOf({ resource, issuer, scopes, dpop, description = {} }: Protection): ResourceFacts {
  const proofs = { proofAlgorithms: DPOP_ALGORITHMS, onlyBound: dpop?.required };
  return { resource, issuer, ...description, ...proofs, scopes: description.scopes ?? scopes };
}
