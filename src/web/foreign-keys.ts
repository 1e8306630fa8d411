/** Public keys of others: inline, or by an address (RFC 7517 §5), fetched again when a key is not among them. */
import * as z from 'zod';
import { InvalidJwt, type JWK, NoSuchKey } from '../crypto/jwt.ts';
import { type DocumentDeps, foreignDocument } from './foreign-document.ts';
import { OutboundFailure } from './outbound.ts';

const LARGEST_JWKS = 64 * 1024;

const Jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

export type KeySource = {
  jwks?: { keys: object[] } | undefined;
  jwks_uri?: string | undefined;
  /** Whether they are those of a server that an administrator recorded. */
  isRecorded?: boolean;
};

/**
 * Verifies with the keys that somebody publishes; where none of them fits, they may have new ones, so they are asked
 * once more (with a cool-down).
 * @throws InvalidJwt where they publish none, or cannot be reached; and whatever `verify` throws.
 */
export async function withKeys<T>(
  deps: DocumentDeps,
  { jwks, jwks_uri, isRecorded }: KeySource,
  verify: (keys: JWK[]) => Promise<T>,
): Promise<T> {
  if (jwks) return verify(jwks.keys as JWK[]);
  if (!jwks_uri) throw new InvalidJwt('no keys are registered to verify it with');
  const known = await keysAt(deps, jwks_uri, 'fresh', isRecorded);
  try {
    return await verify(known.keys);
  } catch (error) {
    if (!(error instanceof NoSuchKey) || known.isLatest) throw error;
  }
  return verify((await keysAt(deps, jwks_uri, 'latest', isRecorded)).keys);
}

async function keysAt(deps: DocumentDeps, url: string, will: 'fresh' | 'latest', isRecorded?: boolean) {
  try {
    const wanted = { kind: 'jwks', url, largest: LARGEST_JWKS, parse: parseJwks, will, isRecorded } as const;
    const { content, isLatest } = await foreignDocument(deps, wanted);
    return { keys: content, isLatest };
  } catch (cause) {
    if (cause instanceof OutboundFailure) throw new InvalidJwt(`its keys cannot be read: ${cause.message}`, { cause });
    throw cause;
  }
}

function parseJwks(json: unknown): JWK[] {
  const jwks = Jwks.safeParse(json);
  if (!jwks.success) throw new OutboundFailure('what stands there is not a JWK set');
  return jwks.data.keys as JWK[];
}
