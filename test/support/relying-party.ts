/** A client that is told of logouts: it validates each logout token by OpenID Connect Back-Channel Logout §2.6. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';

export type LogoutClaims = { sub: string; sid: string; jti: string };

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** The claims of a form's logout token. @throws where any of the rules is broken. */
export async function validateLogoutToken(form: URLSearchParams, jwks: unknown, issuer: string, clientId: string) {
  if ([...form.keys()].join() !== 'logout_token') throw new Error(`not one logout_token: ${form}`);
  const { payload, protectedHeader } = await jwtVerify(
    form.get('logout_token') ?? '',
    createLocalJWKSet(jwks as JSONWebKeySet),
    // §2.4: "typ" SHOULD be explicit. §2.6: validate iss, aud, iat and exp in the same way as of an ID Token.
    { issuer, audience: clientId, typ: 'logout+jwt', requiredClaims: ['iat', 'exp', 'jti', 'events', 'sub', 'sid'] },
  );
  if (protectedHeader.alg === 'none') throw new Error('unsigned');
  const events = payload.events as Record<string, unknown>;
  if (JSON.stringify(events[EVENT]) !== '{}') throw new Error('it is not about a logout');
  // §2.6: Verify that the Logout Token does not contain a nonce Claim.
  if ('nonce' in payload) throw new Error('it has a nonce');
  if ((payload.exp ?? 0) - (payload.iat ?? 0) > 120) throw new Error('it lives longer than two minutes');
  return payload as unknown as LogoutClaims;
}
