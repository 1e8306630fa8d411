/** A software authenticator (WebAuthn §6): answers what a page asks of a browser, and can be told to answer wrongly. */
import { isoCBOR } from '@simplewebauthn/server/helpers';
import type { Form } from './user.ts';

export type Mistakes = {
  origin?: string;
  rpId?: string;
  challenge?: string;
  /** UP and UV (WebAuthn §6.1): without UV nobody checked who is there. */
  flags?: number;
  counter?: number;
  userHandle?: string;
  signature?: Uint8Array;
};

const base64url = (bytes: Uint8Array | ArrayBuffer) => Buffer.from(bytes as Uint8Array).toString('base64url');
const sha256 = async (data: Uint8Array | string) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', Buffer.from(data as string)));

/** The options and the sealed challenge that a page carries. */
export function optionsOf({ html }: Form): { challenge: string; rpId: string; userId: string } {
  const text = /data-options="([^"]+)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? '{}';
  const options = JSON.parse(text);
  return { challenge: options.challenge, rpId: options.rpId ?? options.rp?.id, userId: options.user?.id };
}

export class Authenticator {
  readonly #origin: string;
  readonly #id = crypto.getRandomValues(new Uint8Array(16));
  readonly #synced: boolean;
  #keys: CryptoKeyPair | undefined;
  #userHandle = '';
  counter = 0;

  constructor(origin: string, synced = false) {
    this.#origin = origin;
    this.#synced = synced;
  }

  async #authenticatorData(rpId: string, { flags = 0x05, counter }: Mistakes, attested: Uint8Array = new Uint8Array()) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter ?? this.counter);
    const all = flags | (this.#synced ? 0x18 : 0) | (attested.length > 0 ? 0x40 : 0);
    return Buffer.concat([await sha256(rpId), Buffer.from([all]), count, attested]);
  }

  #clientData(type: string, challenge: string, { origin = this.#origin }: Mistakes) {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  /** The response of `navigator.credentials.create`, as the page's script sends it. */
  async create(form: Form, mistakes: Mistakes = {}): Promise<string> {
    const options = optionsOf(form);
    this.#userHandle = options.userId;
    this.#keys = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair;
    const jwk = (await crypto.subtle.exportKey('jwk', this.#keys.publicKey)) as JsonWebKey;
    const cose = new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(jwk.x ?? '', 'base64url'))],
      [-3, new Uint8Array(Buffer.from(jwk.y ?? '', 'base64url'))],
    ]);
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, 16]), this.#id, isoCBOR.encode(cose as never)]);
    const authData = await this.#authenticatorData(mistakes.rpId ?? options.rpId, mistakes, attested);
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', new Uint8Array(authData)],
    ]);
    return this.#answer({
      clientDataJSON: base64url(this.#clientData('webauthn.create', mistakes.challenge ?? options.challenge, mistakes)),
      attestationObject: base64url(isoCBOR.encode(attestation as never)),
      transports: ['internal'],
    });
  }

  /** The response of `navigator.credentials.get`. */
  async get(form: Form, mistakes: Mistakes = {}): Promise<string> {
    if (!this.#keys) throw new Error('this device has no passkey');
    const options = optionsOf(form);
    if (this.counter > 0) this.counter++;
    const authData = await this.#authenticatorData(mistakes.rpId ?? options.rpId, mistakes);
    const clientData = this.#clientData('webauthn.get', mistakes.challenge ?? options.challenge, mistakes);
    const signed = Buffer.concat([authData, await sha256(clientData)]);
    const raw = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, this.#keys.privateKey, signed);
    return this.#answer({
      clientDataJSON: base64url(clientData),
      authenticatorData: base64url(authData),
      signature: base64url(mistakes.signature ?? toDer(new Uint8Array(raw))),
      userHandle: mistakes.userHandle ?? this.#userHandle,
    });
  }

  #answer(response: Record<string, unknown>): string {
    const id = base64url(this.#id);
    return JSON.stringify({ id, rawId: id, type: 'public-key', response, clientExtensionResults: {} });
  }
}

/** WebAuthn §6.5.5: an ECDSA signature is an ASN.1 sequence of two integers. */
function toDer(raw: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array) => {
    let start = 0;
    while (start < bytes.length - 1 && bytes[start] === 0) start++;
    const value = bytes.subarray(start);
    const padded = (value[0] ?? 0) >= 0x80 ? [0, ...value] : [...value];
    return [2, padded.length, ...padded];
  };
  const content = [...integer(raw.subarray(0, 32)), ...integer(raw.subarray(32))];
  return new Uint8Array([0x30, content.length, ...content]);
}
