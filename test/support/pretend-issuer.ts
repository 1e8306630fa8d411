/** A foreign issuer, as a guarded resource sees it: its metadata, its keys, and the tokens it signs. */

import { makeKey, type TestKey } from './keys.ts';
import { json, type PretendWeb, pretendWeb } from './pretend-web.ts';

export const PRETEND_ISSUER = 'https://id.example';
export const METADATA = `${PRETEND_ISSUER}/.well-known/oauth-authorization-server`;
export const JWKS = `${PRETEND_ISSUER}/jwks`;
export const INTROSPECTION = `${PRETEND_ISSUER}/introspect`;

export type PretendIssuer = {
  web: PretendWeb;
  key: TestKey;
  /** An access token, right in every part but for `changes`. */
  token: (changes?: Record<string, unknown>, header?: Record<string, unknown>, key?: TestKey) => Promise<string>;
  /** From now on these are its keys. */
  publish: (keys: TestKey[], cacheControl?: string) => void;
};

export async function pretendIssuer(resource: string): Promise<PretendIssuer> {
  const key = await makeKey();
  const web = pretendWeb({
    [METADATA]: () => json({ issuer: PRETEND_ISSUER, jwks_uri: JWKS, introspection_endpoint: INTROSPECTION }),
  });
  const publish: PretendIssuer['publish'] = (keys, cacheControl = 'public, max-age=300') => {
    const jwks = { keys: keys.map(({ publicJwk }) => publicJwk) };
    web.answers[JWKS] = () => json(jwks, { 'cache-control': cacheControl });
  };
  publish([key]);
  const token: PretendIssuer['token'] = (changes = {}, header = {}, signer = key) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: PRETEND_ISSUER,
      sub: 'u_1',
      aud: resource,
      client_id: 'c_1',
      scope: 'notes.read',
      jti: 't_1',
      grant: 'g_1',
      iat: now,
      exp: now + 60,
      ...changes,
    };
    const present = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
    return signer.sign(present, { typ: 'at+jwt', ...header });
  };
  return { web, key, token, publish };
}
