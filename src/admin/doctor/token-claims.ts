/** The claims of a JWT as far as a diagnosis reads them, without validation (RFC 7519). */
import { isJsonObject } from '../../protocol/json-object.ts';
export type UnverifiedClaims = { aud?: unknown; iss?: unknown; exp?: unknown; nbf?: unknown };

/** Undefined for an opaque token. */
export function jwtClaims(token: string): UnverifiedClaims | undefined {
  const [, payload, signature] = token.split('.');
  if (!payload || signature === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const encoded = (value: object) =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** RFC 7519 §6: a token that anyone can make. */
export const unsignedJwt = (claims: object): string => `${encoded({ alg: 'none', typ: 'at+jwt' })}.${encoded(claims)}.`;
