/** Time-based one-time passwords (RFC 6238), and Base32 for their secrets (RFC 4648 §6). */
import { createHmac } from 'node:crypto';
import { constantTimeEqual } from './digest.ts';

/** RFC 6238 §4.1: the default time step, in milliseconds. */
const TIME_STEP = 30_000;

/** RFC 4226 §5.3: at least 6 digits. More are not shown by every authenticator app. */
const CODE_DIGITS = 6;

/** RFC 4226 §4 R6: a length of 160 bits is RECOMMENDED. */
const SECRET_BYTES = 20;

/** Authenticator apps widely ignore any other algorithm than SHA-1. */
export type TotpAlgorithm = 'sha1' | 'sha256' | 'sha512';

/** A new secret, in Base32. */
export const newTotpSecret = (): string => encodeBase32(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));

/** The number of the time step of a time in milliseconds (RFC 6238 §4.2: T). */
export const timeStepOf = (time: number): number => Math.floor(time / TIME_STEP);

/** The one-time password of a time step (RFC 6238 §4.2, RFC 4226 §5.3). */
export function totpAt(
  secret: Uint8Array,
  step: number,
  { digits = CODE_DIGITS, algorithm = 'sha1' }: { digits?: number; algorithm?: TotpAlgorithm } = {},
): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac(algorithm, secret).update(counter).digest();
  // RFC 4226 §5.3: dynamic truncation.
  const offset = digest.readUInt8(digest.length - 1) & 0x0f;
  const binary = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(binary % 10 ** digits).padStart(digits, '0');
}

/**
 * The time step whose code this is: the current one, or one before or after it, for transmission delay and clock drift
 * (RFC 6238 §5.2: at most one time step is RECOMMENDED). Undefined for a wrong code.
 */
export function matchingTimeStep(secret: string, code: string, now: number): number | undefined {
  const key = decodeBase32(secret);
  const current = timeStepOf(now);
  const steps = [current, current - 1, current + 1].filter((step) => constantTimeEqual(totpAt(key, step), code));
  return steps[0];
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 without padding. */
export function encodeBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE32[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

/** The bytes of a text in Base32 without padding. */
export function decodeBase32(text: string): Uint8Array {
  const bits = [...text].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = bits.match(/.{8}/g) ?? [];
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2));
}
