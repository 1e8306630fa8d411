/** Parts of a JWT that nobody has verified: only to find the keys and rules that verify it. */
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';

/** The claims of a JWT, not verified: only to find its verification keys. Undefined for any other text. */
export function decodeClaims(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/** The `typ` of a JWT, not verified. */
export function decodeTyp(token: string): string | undefined {
  try {
    return normalizeTyp(decodeProtectedHeader(token).typ);
  } catch {
    return undefined;
  }
}

/** The media type without "application/" (RFC 7515 §4.1.9). */
export const normalizeTyp = (typ: unknown): string | undefined =>
  typ === undefined
    ? undefined
    : String(typ)
        .toLowerCase()
        .replace(/^application\//, '');
