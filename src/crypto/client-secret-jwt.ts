/** Client secrets that are JWTs, as Apple wants them. */
import { importPKCS8, SignJWT } from 'jose';
import { InvalidJwt } from './invalid-jwt.ts';

/** The lifetime of a generated client secret, in seconds. */
const CLIENT_SECRET_LIFETIME = 300;

/**
 * Signs a client secret that is a JWT (Apple), with an ES256 key from the provider (PKCS #8, PEM). `now` is in
 * milliseconds.
 * @throws InvalidJwt for any other key.
 */
export async function signClientSecretJwt(
  pem: string,
  kid: string,
  { iss, sub, aud, now }: { iss: string; sub: string; aud: string; now: number },
): Promise<string> {
  const key = await importPKCS8(pem, 'ES256').catch((cause: unknown) => {
    throw new InvalidJwt('the private key is invalid: it must be the .p8 file as downloaded', { cause });
  });
  const iat = Math.floor(now / 1000);
  const claims = { iss, sub, aud, iat, exp: iat + CLIENT_SECRET_LIFETIME };
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(key);
}
