/** The secrets and settings of the Workers that are measured, made anew for each run. */
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

const jwkOf = ({ privateKey }: { privateKey: KeyObject }, kid: string, alg: string): string =>
  JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid, alg });

export const BINDINGS = {
  ISSUER: 'https://as.example',
  SIGN_WITH: '1',
  SEAL_WITH: '1',
  ROOT_SECRET_1: randomBytes(32).toString('base64url'),
  SIGNING_KEY_1: jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'bench', 'ES256'),
};

/** The same with a key for id_tokens of clients that registered no algorithm. */
export const BINDINGS_WITH_RS256 = {
  ...BINDINGS,
  SIGN_WITH: '1,2',
  SIGNING_KEY_2: jwkOf(generateKeyPairSync('rsa', { modulusLength: 2048 }), 'bench-rsa', 'RS256'),
};
