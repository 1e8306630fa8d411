/** The secrets and settings of the Workers that are measured, made anew for each run. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';

export const BINDINGS = {
  ISSUER: 'https://as.example',
  SIGN_WITH: '1',
  SEAL_WITH: '1',
  ROOT_SECRET_1: randomBytes(32).toString('base64url'),
  SIGNING_KEY_1: JSON.stringify({
    ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
    kid: 'bench',
    alg: 'ES256',
  }),
};
