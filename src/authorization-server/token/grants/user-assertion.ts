/**
 * The assertion about a user in a JWT bearer grant (RFC 7523 §2.1), verified by the trust in its issuer. An Identity
 * Assertion Authorization Grant (ID-JAG) is such a JWT with stricter rules.
 */
import * as z from 'zod/mini';
import { MAX_ASSERTION_LENGTH, verifyAssertion } from '../../../crypto/assertion.ts';
import { InvalidJwt } from '../../../crypto/invalid-jwt.ts';
import { decodeClaims, decodeTyp } from '../../../crypto/jwt-decoding.ts';
import type { Deps } from '../../../http/context.ts';
import { withExternalKeys } from '../../../http/outbound/external-keys.ts';
import { ENDPOINTS } from '../../../protocol/endpoints.ts';
import type { IssuerTrust } from '../../../protocol/issuer-trust.ts';
import { MAX_ASSERTION_LIFETIME } from '../../../protocol/lifetimes.ts';
import { invalidGrant, OAuthError } from '../../../protocol/oauth-error.ts';
import { ID_JAG_TYP } from '../../../protocol/token-type.ts';
import { findIssuerFromPrimary, findIssuerFromReplica } from '../../../storage/server/issuers.ts';
import type { AuthenticatedClient } from '../../clients/authenticate/method.ts';
import { checkConfirmation } from './assertion-binding.ts';

/** The accepted types: an access token or id_token of the issuer is no assertion. */
const ASSERTION_TYPS = [ID_JAG_TYP, 'authorization-grant+jwt'];

const UserAssertionClaims = z.object({
  iss: z.string(),
  sub: z.string(),
  jti: z.string(),
  exp: z.number(),
  iat: z.optional(z.number()),
  client_id: z.optional(z.string()),
  email: z.catch(z.optional(z.string()), undefined),
  email_verified: z.optional(z.unknown()),
  scope: z.optional(z.string()),
  resource: z.optional(z.union([z.string(), z.array(z.string())])),
});
export type UserAssertionClaims = z.infer<typeof UserAssertionClaims>;
type VerifiedAssertion = { trust: IssuerTrust; claims: UserAssertionClaims };

/** Verifies the assertion. @throws OAuthError invalid_grant (RFC 7521 §4.1.1), which does not reveal trusted issuers. */
export async function verifyUserAssertion(
  deps: Deps,
  caller: AuthenticatedClient,
  text: string,
): Promise<VerifiedAssertion> {
  if (text.length > MAX_ASSERTION_LENGTH) throw invalidGrant('the assertion is too long.');
  const unknown = invalidGrant('the assertion is not from a trusted issuer.');
  const { iss } = decodeClaims(text) ?? {};
  if (typeof iss !== 'string') throw unknown;
  const near = await findIssuerFromReplica(deps.databases, iss, deps.moment.now);
  // The cached trust may be stale: a refusal is based on the primary.
  const accepted = near && (await verifyWithTrust(deps, caller, text, iss, near).catch(ignoreOAuthError));
  if (accepted) return accepted;
  const latest = await findIssuerFromPrimary(deps.databases, iss, deps.moment.now);
  if (!latest) throw unknown;
  return verifyWithTrust(deps, caller, text, iss, latest);
}

function ignoreOAuthError(error: unknown): undefined {
  if (!(error instanceof OAuthError)) throw error;
}

async function verifyWithTrust(
  deps: Deps,
  { client, thumbprint }: AuthenticatedClient,
  text: string,
  iss: string,
  trust: IssuerTrust,
): Promise<VerifiedAssertion> {
  if (trust.clients.length > 0 && !trust.clients.includes(client.id)) {
    throw invalidGrant('this client may not use assertions of that issuer.');
  }
  const { issuer } = deps.config;
  const isIdJag = decodeTyp(text) === ID_JAG_TYP;
  // ID-JAG §4.4.1: the aud MUST be the issuer of the authorization server. RFC 7523 §3 also allows the token endpoint.
  const audiences = isIdJag ? [issuer] : [issuer, issuer + ENDPOINTS.token_endpoint];
  try {
    const claims = await withExternalKeys(deps, trust, 'recorded', (keys) =>
      verifyAssertion(text, keys, {
        issuer: iss,
        audiences,
        types: ASSERTION_TYPS,
        now: deps.moment.now,
        maxLifetime: MAX_ASSERTION_LIFETIME,
      }),
    );
    checkConfirmation(claims.cnf, thumbprint);
    const parsed = UserAssertionClaims.safeParse(claims);
    if (!parsed.success) throw new InvalidJwt(`it has no valid ${parsed.error.issues[0]?.path.join('.')}`);
    const { client_id, iat } = parsed.data;
    // ID-JAG §4.4.1: client_id MUST be the requesting client; for other assertions only if present.
    if (client_id === undefined ? isIdJag : client_id !== client.id)
      throw new InvalidJwt('its client_id is another client');
    // ID-JAG §3.1: iat REQUIRED.
    if (isIdJag && iat === undefined) throw new InvalidJwt('it has no iat');
    return { trust, claims: parsed.data };
  } catch (cause) {
    if (cause instanceof InvalidJwt) throw invalidGrant(`the assertion is not valid: ${cause.message}.`, cause);
    throw cause;
  }
}
