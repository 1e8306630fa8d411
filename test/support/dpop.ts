/** A client's key for DPoP (RFC 9449): proofs that are right in every part, and wrong in any. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { sha256 } from '../../src/crypto/digest.ts';
import { postToken, type TestClient } from './client.ts';
import { ISSUER, type Server } from './server.ts';

type Changes = { header?: Record<string, unknown>; claims?: Record<string, unknown> };

export class Prover {
  readonly jwk: JWK;
  readonly thumbprint: string;
  /** The nonce that the server gave last. */
  nonce: string | undefined;
  readonly #sign: (header: Record<string, unknown>, claims: Record<string, unknown>) => Promise<string>;

  private constructor(jwk: JWK, thumbprint: string, sign: Sign) {
    this.jwk = jwk;
    this.thumbprint = thumbprint;
    this.#sign = sign;
  }

  static async make(alg = 'ES256'): Promise<Prover> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const jwk = await exportJWK(publicKey);
    const sign: Sign = (header, claims) => new SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(privateKey);
    return new Prover(jwk, await calculateJwkThumbprint(jwk), sign);
  }

  /** A proof for one request; `changes` replace or (undefined) leave out parts. */
  prove(method: string, path: string, token?: string, { header, claims }: Changes = {}): Promise<string> {
    const all = {
      jti: crypto.randomUUID(),
      htm: method,
      htu: ISSUER + path,
      iat: Math.floor(Date.now() / 1000),
      ...(token !== undefined && { ath: sha256(token) }),
      ...(this.nonce !== undefined && { nonce: this.nonce }),
      ...claims,
    };
    const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return this.#sign({ typ: 'dpop+jwt', jwk: this.jwk, ...header }, kept);
  }

  /** Asks with a proof; where the server wants a nonce, once more with that. */
  async ask(
    method: string,
    path: string,
    send: (headers: Record<string, string>) => Promise<Response>,
    token?: string,
  ): Promise<Response> {
    const once = async () => {
      const response = await send({ dpop: await this.prove(method, path, token) });
      this.nonce = response.headers.get('dpop-nonce') ?? this.nonce;
      return response;
    };
    const response = await once();
    const { error } = (await response.clone().json()) as { error?: string };
    return error === 'use_dpop_nonce' ? once() : response;
  }

  /** POST /token with a proof. */
  token(
    server: Server,
    client: TestClient,
    parameters: Parameters<typeof postToken>[2],
    fetch = server.fetch,
  ): Promise<Response> {
    return this.ask('POST', '/token', (headers) => postToken(server, client, parameters, headers, fetch));
  }

  /** A protected resource of the server itself, by the DPoP scheme. */
  open(server: Server, path: string, token: string, method = 'GET', fetch = server.fetch): Promise<Response> {
    const send = (headers: Record<string, string>) =>
      fetch(path, { method, headers: { authorization: `DPoP ${token}`, ...headers } });
    return this.ask(method, path, send, token);
  }
}

type Sign = (header: Record<string, unknown>, claims: Record<string, unknown>) => Promise<string>;
