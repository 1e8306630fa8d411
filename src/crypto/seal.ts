/**
 * Encryption (sealing) and MACs under a key per purpose, derived from the root secrets by HKDF (RFC 5869). One slot seals;
 * the others are accepted for reading, for the rotation of root secrets.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { decodeKid, decryptCompact, encryptCompact } from './jwe.ts';

/** The purpose of a derived key. A text sealed for one purpose cannot be opened for another. */
export type Purpose =
  | 'ceremony'
  | 'code'
  | 'consent'
  | 'continued'
  | 'device'
  | 'device-consent'
  | 'end-session'
  | 'email-link'
  | 'flow'
  | 'dpop-nonce'
  | 'form'
  | 'hint'
  | 'idempotency'
  | 'link'
  | 'network'
  | 'local-command'
  | 'mail-code'
  | 'pending-link'
  | 'pending-sign-in'
  | 'place'
  | 'refresh'
  | 'second-factor'
  | 'second-factor-form'
  | 'sign-in-link'
  | 'sign-up-link'
  | 'third-party';

/** Enough to distinguish the root secrets of one server, without revealing them. */
const FINGERPRINT_BYTES = 6;

/** The root secrets by slot, and the operations under keys derived from them. */
export class RootSecrets {
  readonly #secrets: ReadonlyMap<string, Uint8Array>;
  readonly #sealWith: string;
  readonly #bytes = new Map<string, Buffer>();
  readonly #keys = new Map<string, Promise<CryptoKey>>();

  /** `secrets` by slot; `sealWith` is the slot in use and must be among them. */
  constructor(secrets: ReadonlyMap<string, Uint8Array>, sealWith: string) {
    this.#secrets = secrets;
    this.#sealWith = sealWith;
  }

  /** The slot in use. */
  get slot(): string {
    return this.#sealWith;
  }

  /** A fingerprint of each secret, by slot, which tells nothing of it. */
  fingerprints(): [slot: string, fingerprint: string][] {
    return [...this.#secrets.keys()].map((slot) => [slot, this.#kid(slot).slice(slot.length + 1)]);
  }

  /** Encrypts a value as JWE of JSON, for `unseal` with the same purpose and the same bound text. */
  async seal(purpose: Purpose, value: unknown, boundTo?: string): Promise<string> {
    const key = this.#key(this.#sealWith, purpose);
    if (!key) throw new Error(`no root secret in slot ${this.#sealWith}`);
    return encryptCompact(
      await key,
      this.#kid(this.#sealWith),
      new TextEncoder().encode(JSON.stringify(value)),
      boundTo,
    );
  }

  /** Decrypts a value; undefined for anything that was not sealed for this purpose and bound text. */
  async unseal(purpose: Purpose, sealed: string, boundTo?: string): Promise<unknown> {
    const plaintext = await decryptCompact(sealed, (kid) => this.#keyOf(kid, purpose), boundTo);
    return plaintext && JSON.parse(new TextDecoder().decode(plaintext));
  }

  /** @returns true if it was sealed under the root secret in use, not under one that is retired or lost. */
  isCurrent(sealed: string): boolean {
    return decodeKid(sealed) === this.#kid(this.#sealWith);
  }

  /** HMAC-SHA-256 of the text, base64url (43 characters). */
  mac(purpose: Purpose, text: string): string {
    return this.#mac(this.#sealWith, purpose, text).toString('base64url');
  }

  /** Verifies a MAC under any current root secret, in constant time for each. */
  macMatches(purpose: Purpose, text: string, mac: string): boolean {
    const received = Buffer.from(mac, 'base64url');
    if (received.length !== 32) return false;
    return [...this.#secrets.keys()].some((slot) => timingSafeEqual(this.#mac(slot, purpose, text), received));
  }

  /** The slot and a fingerprint, which distinguishes another secret in the same slot. */
  #kid(slot: string): string {
    const derived = this.#derive(slot, 'fingerprint').subarray(0, FINGERPRINT_BYTES);
    return `${slot}.${derived.toString('base64url')}`;
  }

  #keyOf(kid: string, purpose: Purpose): Promise<CryptoKey> | undefined {
    const [slot = ''] = kid.split('.');
    return this.#secrets.has(slot) && kid === this.#kid(slot) ? this.#key(slot, purpose) : undefined;
  }

  #mac(slot: string, purpose: Purpose, text: string): Buffer {
    return createHmac('sha256', this.#derive(slot, purpose)).update(text).digest();
  }

  #derive(slot: string, purpose: Purpose | 'fingerprint'): Buffer {
    const name = `${slot} ${purpose}`;
    const cached = this.#bytes.get(name);
    if (cached) return cached;
    const secret = this.#secrets.get(slot) ?? new Uint8Array();
    const bytes = Buffer.from(hkdfSync('sha256', secret, 'postern', purpose, 32) as ArrayBuffer);
    this.#bytes.set(name, bytes);
    return bytes;
  }

  #key(slot: string, purpose: Purpose): Promise<CryptoKey> | undefined {
    if (!this.#secrets.has(slot)) return undefined;
    const name = `${slot} ${purpose}`;
    let key = this.#keys.get(name);
    if (!key) {
      key = crypto.subtle.importKey('raw', this.#derive(slot, purpose), 'AES-GCM', false, ['encrypt', 'decrypt']);
      this.#keys.set(name, key);
    }
    return key;
  }
}
