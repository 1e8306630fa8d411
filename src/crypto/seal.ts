/**
 * What only this server may read (sealed) or make (MAC), under a key per purpose that HKDF (RFC 5869) derives from
 * the root secrets. One slot seals; the others are accepted for reading, so that a root secret can be replaced.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { decodeKid, decryptCompact, encryptCompact } from './jwe.ts';

/** What a key is for. A text sealed for one purpose cannot be opened for another. */
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
  | 'idempotency'
  | 'link'
  | 'local-command'
  | 'pending-link'
  | 'place'
  | 'refresh'
  | 'sign-up-link'
  | 'third-party';

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

  /** The value as JSON in a JWE, readable with `unseal` for the same purpose and, where it is bound, the same text. */
  async seal(purpose: Purpose, value: unknown, boundTo?: string): Promise<string> {
    const key = this.#key(this.#sealWith, purpose);
    if (!key) throw new Error(`no root secret in slot ${this.#sealWith}`);
    return encryptCompact(await key, this.#sealWith, new TextEncoder().encode(JSON.stringify(value)), boundTo);
  }

  /** The value that was sealed, or undefined for anything we did not seal for this purpose and bound to this text. */
  async unseal(purpose: Purpose, sealed: string, boundTo?: string): Promise<unknown> {
    const plaintext = await decryptCompact(sealed, (slot) => this.#key(slot, purpose), boundTo);
    return plaintext && JSON.parse(new TextDecoder().decode(plaintext));
  }

  /** Whether it was sealed under the root secret in use, or under one that is to be retired. */
  isCurrent(sealed: string): boolean {
    return decodeKid(sealed) === this.#sealWith;
  }

  /** HMAC-SHA-256 of the text, base64url (43 characters). */
  mac(purpose: Purpose, text: string): string {
    return this.#mac(this.#sealWith, purpose, text).toString('base64url');
  }

  /** Whether the MAC was made here, under any root secret still held. Takes constant time for each. */
  macMatches(purpose: Purpose, text: string, mac: string): boolean {
    const given = Buffer.from(mac, 'base64url');
    if (given.length !== 32) return false;
    return [...this.#secrets.keys()].some((slot) => timingSafeEqual(this.#mac(slot, purpose, text), given));
  }

  #mac(slot: string, purpose: Purpose, text: string): Buffer {
    return createHmac('sha256', this.#derive(slot, purpose)).update(text).digest();
  }

  #derive(slot: string, purpose: Purpose): Buffer {
    const name = `${slot} ${purpose}`;
    const known = this.#bytes.get(name);
    if (known) return known;
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
